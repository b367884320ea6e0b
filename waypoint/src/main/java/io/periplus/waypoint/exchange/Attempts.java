package io.periplus.waypoint.exchange;

import io.netty.util.AsciiString;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.Explanation;
import io.periplus.dataplane.policy.HttpRequestAttributes;
import io.periplus.dataplane.policy.Marks;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.route.match.HostIndex;
import io.periplus.waypoint.upstream.Acquirer;
import io.periplus.waypoint.upstream.Choice;
import io.periplus.waypoint.upstream.Host;
import io.periplus.waypoint.upstream.View;
import io.periplus.waypoint.upstream.balance.Candidate;
import io.periplus.waypoint.upstream.balance.Pick;
import io.periplus.waypoint.upstream.policy.HashKey;
import io.periplus.wire.workload.AppProtocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that one request is tried at: which is next, whether it may be used, how it did, and when to stop.
 *
 * <pre>
 * choose -> judge -> begin, acquire -> responded -> end of the turn
 *    ^                          '-> failed -> takeRetry -'
 * </pre>
 */
final class Attempts implements Pick {
    /** What gateways, unlike waypoints, tell the endpoint. */
    private static final AsciiString ATTEMPT_COUNT = AsciiString.cached("x-envoy-attempt-count");

    private final RequestContext request;
    private final LoopServices services;
    private final ClientConnection connection;
    private final RequestHead head;
    private MeshSnapshot mesh;
    private List<Candidate> tried = List.of();
    private @Nullable String preferred;
    private @Nullable Host last;
    private @Nullable Host retrying;
    private @Nullable HashCookie cookie;
    private int retries;

    /** The first attempt is decided with the request's own snapshot; later ones take the newest. */
    Attempts(RequestContext request) {
        this.request = request;
        this.services = request.services();
        this.connection = request.connection();
        this.head = request.head();
        this.mesh = request.mesh();
    }

    /** From now on the endpoint that is this workload comes first, if it can be used. */
    void prefer(@Nullable String workloadUid) {
        preferred = workloadUid;
    }

    /** The endpoint to try now. */
    Choice choose(Destination destination) {
        return services.clusters().choose(mesh, destination, this);
    }

    @Override
    public boolean isTried(Candidate candidate) {
        return tried.contains(candidate);
    }

    @Override
    public @Nullable String preferred() {
        return preferred;
    }

    @Override
    public String host() {
        return HostIndex.hostOf(head.authority());
    }

    @Override
    public @Nullable String hashed(HashKey key) {
        return switch (key) {
            case HashKey.Header header -> head.headers().get(header.name());
            case HashKey.Query query -> QueryParameter.of(head.path(), query.name());
            case HashKey.SourceIp _ -> connection.attributes().source().toString();
            case HashKey.Cookie wanted -> {
                if (cookie == null) {
                    cookie = HashCookie.of(head.headers(), wanted);
                }
                yield cookie == null ? null : cookie.value();
            }
        };
    }

    /** What {@link #choose} would choose among; takes nobody's turn. */
    View look(Destination destination) {
        return services.clusters().look(mesh, destination, this);
    }

    /** Policies without a target speak of the workload that they protect: its address, its port. */
    Decision judge(Host chosen) {
        return connection.atEdge()
                ? Decision.NO_POLICY
                : mesh.policies().authorizeWorkload(chosen.backend().workload(), attributesAt(chosen));
    }

    /** How {@link #judge} comes to its decision; null where nothing is judged here. */
    @Nullable
    Explanation explain(Host chosen) {
        return connection.atEdge()
                ? null
                : mesh.policies().explainWorkload(chosen.backend().workload(), attributesAt(chosen));
    }

    /** What policies for the endpoint say that decide nothing; null if there are none. */
    @Nullable
    Marks marks(Host chosen) {
        return connection.atEdge() || !mesh.policies().leavesMarks()
                ? null
                : mesh.policies().marksOfWorkload(chosen.backend().workload(), attributesAt(chosen));
    }

    private HttpRequestAttributes attributesAt(Host chosen) {
        return request.attributes(connection.attributesAt(chosen.backend()));
    }

    /** The request goes there; it counts from now on. */
    Turn begin(Host chosen) {
        Turn turn = new Turn(chosen, retrying);
        retrying = null;
        return turn;
    }

    /**
     * Finds a connection; the acquirer hears of it, at once or later.
     *
     * @param declared the protocol of the destination's port: it decides how the endpoint is spoken to, else the client's
     *     own does
     * @param upgrade whether the request wants to switch protocols, which exists in HTTP/1.1 only
     */
    void acquire(Turn turn, AppProtocol declared, HttpProtocol client, boolean upgrade, Acquirer acquirer) {
        if (connection.atEdge()) {
            head.headers().set(ATTEMPT_COUNT, retries == 0 ? "1" : Integer.toString(retries + 1));
        }
        Host chosen = turn.host();
        chosen.acquire(
                upgrade ? HttpProtocol.HTTP1 : chosen.protocol(spoken(declared), client),
                chosen.key(head.authority(), connection.remoteAddress(), connection.destination()),
                acquirer);
    }

    /**
     * What a client outside the mesh speaks says nothing of an undeclared port: browsers speak HTTP/2 wherever they can. Calls
     * of gRPC exist in HTTP/2 only, whatever is declared that says no version.
     */
    private AppProtocol spoken(AppProtocol declared) {
        return switch (declared) {
            case UNKNOWN -> connection.atEdge() && !head.isGrpc() ? AppProtocol.HTTP11 : declared;
            case TCP, TLS, UNRECOGNIZED -> head.isGrpc() ? AppProtocol.GRPC : declared;
            case HTTP11, HTTP2, GRPC -> declared;
        };
    }

    /** The endpoint has begun to answer; may add to the answer's head what keeps the client with this endpoint. */
    void responded(Turn turn, ResponseHead response) {
        turn.host().health().answered(AnswerStatus.of(response));
        HashCookie made = cookie;
        if (made != null) {
            made.addTo(response.headers());
        }
    }

    /** The endpoint gave no answer, or not all of it: others come first from now on. */
    void failed(Turn turn, ResetReason reason) {
        if (reason.tellsOfEndpoint()) {
            turn.host().health().brokeOff();
        }
        turn.end();
        avoid(turn);
    }

    private void avoid(Turn turn) {
        last = turn.host();
        List<Candidate> all = new ArrayList<>(tried);
        all.add(turn.host());
        tried = all;
    }

    boolean retried() {
        return retries > 0;
    }

    /**
     * Whether another attempt is left, to the request and to the service as a whole; takes it.
     *
     * @param max attempts after the first that the route grants
     */
    boolean takeRetry(int max) {
        Host failed = last;
        if (retries >= max || (failed != null && !failed.takeRetry())) {
            return false;
        }
        beginRetry(failed);
        return true;
    }

    /**
     * The same for an endpoint that has answered, with something to be tried again: if an attempt is left, this one ends and
     * others come first from now on; if none is, the answer stands.
     */
    boolean takeRetryOfAnswer(Turn turn, int max) {
        if (!takeHedge(turn, max)) {
            return false;
        }
        turn.end();
        return true;
    }

    /** The same for an endpoint that goes on, so that the faster one of two answers. */
    boolean takeHedge(Turn turn, int max) {
        Host slow = turn.host();
        if (retries >= max || !slow.takeRetry()) {
            return false;
        }
        avoid(turn);
        beginRetry(slow);
        return true;
    }

    /** A retry that was taken is not going to begin. */
    void returnRetry() {
        if (retrying != null) {
            retrying.retryEnded();
            retrying = null;
        }
    }

    private void beginRetry(@Nullable Host failed) {
        retrying = failed;
        retries++;
        mesh = services.mesh().snapshot();
    }

    /** As if none had been tried, with what is known by now. */
    void startOver() {
        tried = List.of();
        mesh = services.mesh().snapshot();
    }

    /**
     * How long to wait before the attempt that was taken: not at all where an endpoint is left that was not tried.
     *
     * @param baseMillis of the growing pause, 0 for the default
     */
    int pauseMillis(Destination destination, int baseMillis) {
        return Backoff.millis(services.clusters().hasUntried(destination, this), baseMillis, retries);
    }
}
