package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.HttpRequestAttributes;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.route.Route;
import io.periplus.waypoint.route.Routing;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is known of a request while it is decided about. Belongs to its client's event loop. */
public final class RequestContext implements JudgedRequest {
    private final LoopServices services;
    private final ClientConnection connection;
    private final RequestHead head;
    private final MeshSnapshot mesh;
    private final HttpProtocol protocol;
    private final BodyReader body;
    private final HttpRequestAttributes attributes;
    private final boolean takesTurns;
    private @Nullable ValidatedToken token;
    private @Nullable Route route;
    private @Nullable Routing routing;
    private List<Consumer<HttpHeaders>> answerEdits = List.of();
    private List<Runnable> ends = List.of();

    /** Reads the beginning of the request's body. */
    interface BodyReader {
        void readBody(int bytes, Consumer<BufferedBody> next);
    }

    RequestContext(
            LoopServices services,
            ClientConnection connection,
            RequestHead head,
            MeshSnapshot mesh,
            HttpProtocol protocol,
            BodyReader body) {
        this(services, connection, head, mesh, protocol, body, true);
    }

    /** @param takesTurns false for a request that is only asked about: it must not change what becomes of others */
    RequestContext(
            LoopServices services,
            ClientConnection connection,
            RequestHead head,
            MeshSnapshot mesh,
            HttpProtocol protocol,
            BodyReader body,
            boolean takesTurns) {
        this.takesTurns = takesTurns;
        this.services = services;
        this.connection = connection;
        this.head = head;
        this.mesh = mesh;
        this.protocol = protocol;
        this.body = body;
        this.attributes = new HttpRequestAttributes(connection.attributes(), new HeadAttributes(this));
    }

    /** The same request with another head, which goes elsewhere. */
    RequestContext copy(RequestHead other) {
        RequestContext copy = new RequestContext(services, connection, other, mesh, protocol, body);
        copy.token = token;
        copy.route = route;
        return copy;
    }

    /** The same request as it is now, decided with another snapshot: whatever is done to it there makes no difference here. */
    RequestContext under(MeshSnapshot other) {
        RequestHead same = new RequestHead(
                head.method(),
                head.scheme(),
                head.authority(),
                head.path(),
                head.headers().copy());
        RequestContext again = new RequestContext(
                services, connection, same, other, protocol, (_, next) -> next.accept(BufferedBody.NONE), false);
        again.token = token;
        return again;
    }

    /** What the request's event loop has: the loop itself, endpoints, telemetry. */
    public LoopServices services() {
        return services;
    }

    /** Whether the request counts for those that share something in turn. */
    boolean takesTurns() {
        return takesTurns;
    }

    /** The client's connection. */
    public ClientConnection connection() {
        return connection;
    }

    @Override
    public boolean atEdge() {
        return connection.atEdge();
    }

    @Override
    public boolean believed() {
        return atEdge() || services.http().believes(connection.peer());
    }

    /** The head; what is changed in it reaches the endpoint. */
    @Override
    public RequestHead head() {
        return head;
    }

    /** What the client addressed. */
    public Destination addressed() {
        return connection.destination();
    }

    /** The one snapshot with which the request is decided. */
    public MeshSnapshot mesh() {
        return mesh;
    }

    /** What policies for what the client addressed may ask. */
    public HttpRequestAttributes attributes() {
        return attributes;
    }

    /** The version of HTTP that the client speaks. */
    public HttpProtocol protocol() {
        return protocol;
    }

    /**
     * Reads the beginning of the body, while no endpoint has taken it yet. Nothing is lost: whoever takes the request gets
     * all of it.
     *
     * @param bytes that are enough; more may be there
     * @param next called once, with no more than that, before this method returns or later; not at all if the request ends
     */
    public void readBody(int bytes, Consumer<BufferedBody> next) {
        body.readBody(bytes, next);
    }

    /** Routes the request as it is now: what is changed in it from here on makes no difference to its route. */
    public void keepRoute() {
        routing = routing();
    }

    /** Takes {@link #keepRoute} back. */
    public void routeAgain() {
        routing = null;
    }

    /** Where the request goes. */
    Routing routing() {
        Routing kept = routing;
        return kept != null ? kept : services.routes().get().route(addressed(), clientNamespace(), head);
    }

    private @Nullable String clientNamespace() {
        SpiffeId peer = connection.peer();
        return peer == null ? null : peer.namespace();
    }

    /** What policies for an endpoint may ask. */
    HttpRequestAttributes attributes(ConnectionAttributes hop) {
        return new HttpRequestAttributes(hop, new HeadAttributes(this));
    }

    /** The verified token that came with the request; null without one. */
    @Override
    public @Nullable ValidatedToken token() {
        return token;
    }

    /** A token that came with the request was verified. */
    public void token(ValidatedToken verified) {
        token = verified;
    }

    /** The route, once it is known. */
    public @Nullable Route route() {
        return route;
    }

    void route(Route found) {
        route = found;
    }

    /** Edits the head of the answer, whoever gives it, before the route's own edits. */
    public void onAnswer(Consumer<HttpHeaders> edit) {
        answerEdits = plus(answerEdits, edit);
    }

    /** Called when the request is over, however it ends: whoever still works for it may stop. */
    public void onEnd(Runnable end) {
        ends = plus(ends, end);
    }

    void editAnswer(HttpHeaders answer) {
        for (int i = 0; i < answerEdits.size(); i++) {
            answerEdits.get(i).accept(answer);
        }
    }

    void end() {
        List<Runnable> waiting = ends;
        ends = List.of();
        waiting.forEach(Runnable::run);
    }

    private static <T> List<T> plus(List<T> list, T element) {
        List<T> longer = list.isEmpty() ? new ArrayList<>(2) : list;
        longer.add(element);
        return longer;
    }
}
