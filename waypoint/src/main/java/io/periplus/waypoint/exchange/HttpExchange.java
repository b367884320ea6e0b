package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.route.Mirror;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request from its head to the end of its answer.
 *
 * <pre>
 * {@link WayIn} -> {@link Delivery}: endpoint chosen, judged, connected -> answered -> ended
 *                       ^---- another attempt, no head passed on ----'
 * </pre>
 *
 * Any step may end it with a local reply. Until an endpoint takes the request its body is not read; what was read with the
 * head waits in {@link RequestBody}.
 */
final class HttpExchange implements RequestHandler, WayIn.End, RequestContext.BodyReader {
    /** From this status on people want to find out why. */
    private static final int FAILURE = 400;

    private final ClientConnection connection;
    private final ClientStream client;
    private final RequestHead head;
    private boolean hasBody;
    private final boolean upgrade;
    private final ExchangeRecord record;
    private final RequestContext context;
    private final WayIn way;
    private final RequestBody body;
    /** Made when somebody wants to see the body before an endpoint does. */
    private @Nullable BodyReading reading;

    /** From the moment at which the way in has led to a destination. */
    private @Nullable Delivery delivery;

    /** Of a request for another protocol, once it is allowed. */
    private @Nullable StandingRequest standing;

    private boolean headSent;
    private boolean ended;

    HttpExchange(
            LoopServices services,
            ClientConnection connection,
            ClientStream client,
            RequestHead head,
            boolean hasBody,
            boolean upgrade) {
        this.connection = connection;
        this.client = client;
        this.head = head;
        this.hasBody = hasBody;
        this.upgrade = upgrade;
        this.body = new RequestBody(hasBody);
        MeshSnapshot mesh = services.mesh().snapshot();
        this.context = new RequestContext(services, connection, head, mesh, client.protocol(), this);
        this.record = new ExchangeRecord(services.telemetry(), connection, mesh, client.protocol(), head);
        this.way = new WayIn(context, record, this);
    }

    /** Everything up to the connection to an endpoint, in order. */
    void begin() {
        if (hasBody) {
            client.setReading(false);
        }
        way.begin();
    }

    @Override
    public void allowed() {
        if (upgrade) {
            standing = new StandingRequest(context);
        }
    }

    @Override
    public void send(Course course, Destination found) {
        record.target(found);
        Delivery begun = new Delivery(this, context, record, body, client, upgrade, course, found);
        delivery = begun;
        if (!upgrade) {
            mirror(course, begun, course.rule().filters().mirrors());
            mirror(course, begun, course.backendFilters().mirrors());
        }
        begun.begin();
    }

    private void mirror(Course course, Delivery begun, List<Mirror> mirrors) {
        if (!mirrors.isEmpty()) {
            body.copyTo(Shadows.begin(context, course, hasBody, mirrors, begun.web()));
        }
    }

    /** What takes the request's body; null while nothing does. */
    private @Nullable UpstreamStream upstream() {
        Delivery begun = delivery;
        return begun == null ? null : begun.stream();
    }

    private @Nullable GrpcWeb web() {
        Delivery begun = delivery;
        return begun == null ? null : begun.web();
    }

    // ---- time

    /** @param deadline whether it was the client's own */
    void late(boolean deadline) {
        if (headSent) {
            record.flags("UT");
            record.details("response_timeout");
            cutShort(deadline);
        } else {
            reply(deadline ? LocalReply.DEADLINE_EXCEEDED : LocalReply.REQUEST_TIMEOUT);
        }
    }

    /** After the head: a gRPC client is told its status, others see that the answer is incomplete. */
    private void cutShort(boolean deadline) {
        if (deadline && client.protocol() == HttpProtocol.HTTP2) {
            HttpHeaders trailers = new DefaultHttpHeaders();
            trailers.set("grpc-status", LocalReply.DEADLINE);
            responseTrailers(trailers);
        } else {
            end();
            client.abort();
        }
    }

    // ---- the request's body

    @Override
    public void requestData(ByteBuf data, boolean end) {
        if (!hasBody || ended) {
            data.release();
            return;
        }
        record.requestData(data);
        body.add(data, end);
        readOn();
        UpstreamStream open = upstream();
        if (open != null && !end && !open.isWritable()) {
            client.setReading(false);
        }
    }

    @Override
    public void requestTrailers(HttpHeaders trailers) {
        if (!hasBody || ended) {
            return;
        }
        body.end(trailers);
        readOn();
    }

    @Override
    public void readBody(int bytes, Consumer<BufferedBody> next) {
        BodyReading read = new BodyReading(client, head, body);
        reading = read;
        read.read(bytes, next);
    }

    private void readOn() {
        BodyReading read = reading;
        if (read != null) {
            read.arrived();
        }
    }

    @Override
    public void requestReadComplete() {
        body.flush();
    }

    void upstreamWritabilityChanged() {
        UpstreamStream open = upstream();
        if (open != null && !body.ended()) {
            client.setReading(open.isWritable());
        }
    }

    @Override
    public void requestMalformed() {
        refuse(new LocalReply(400, "", "DPE", "http1.codec_error"));
    }

    /** Heard of while the body is being passed on. */
    void notBase64() {
        client.eventLoop().execute(() -> refuse(GrpcWeb.MALFORMED));
    }

    /** Ends the exchange, with an answer if none was begun. */
    private void refuse(LocalReply why) {
        if (ended) {
            return;
        }
        if (headSent) {
            record.flags(why.flags());
            record.details(why.details());
            end();
            client.abort();
        } else {
            reply(why);
        }
    }

    @Override
    public void clientGone() {
        record.flags("DC");
        record.details("downstream_remote_disconnect");
        end();
    }

    // ---- the response

    void responseInformational(ResponseHead interim) {
        client.informational(interim);
        client.flush();
    }

    /**
     * An endpoint's answer, which is passed on.
     *
     * @param inVain whether it is one that would have been tried again, had there been attempts left
     */
    void answered(Attempt attempt, ResponseHead response, boolean end, boolean inVain) {
        headSent = true;
        body.forget();
        HeaderRules.response(
                response.headers(),
                serviceMillis(attempt),
                context.services().http().answers());
        edit(attempt, response.headers());
        GrpcWeb web = web();
        if (web != null) {
            web.answer(response.headers());
        }
        record.response(response, "via_upstream");
        if (inVain) {
            record.flags("URX");
        }
        client.head(response, end);
        if (end) {
            client.flush();
            end();
        }
    }

    private void edit(Attempt attempt, HttpHeaders answer) {
        context.editAnswer(answer);
        Course course = way.course();
        if (course != null) {
            course.editAnswer(answer);
            course.keepSession(answer, attempt.host().backend().workload().getUid());
        }
    }

    private long serviceMillis(Attempt attempt) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - attempt.startNanos());
        record.upstreamMillis(millis);
        return millis;
    }

    void responseData(ByteBuf data, boolean end) {
        record.responseData(data);
        GrpcWeb web = web();
        client.data(web == null ? data : web.data(data), end);
        UpstreamStream open = upstream();
        if (end) {
            client.flush();
            end();
        } else if (open != null && !client.isWritable()) {
            client.flush();
            open.setReading(client.isWritable());
        }
    }

    void responseTrailers(HttpHeaders trailers) {
        record.trailers(trailers);
        GrpcWeb web = web();
        ByteBuf last = web == null ? null : web.trailers(trailers);
        if (last == null) {
            client.trailers(trailers);
        } else {
            client.data(last, true);
        }
        client.flush();
        end();
    }

    void responseReadComplete() {
        client.flush();
    }

    @Override
    public void clientWritabilityChanged() {
        UpstreamStream open = upstream();
        if (open != null) {
            open.setReading(client.isWritable());
        }
    }

    /** The endpoint speaks another protocol from here on. */
    void switched(Attempt attempt, UpstreamStream open, ResponseHead response) {
        headSent = true;
        hasBody = true;
        body.reopen();
        HeaderRules.response(
                response.headers(),
                serviceMillis(attempt),
                context.services().http().answers());
        edit(attempt, response.headers());
        HeaderRules.switching(response.headers());
        record.response(response, "via_upstream");
        client.switchProtocols(response);
        client.flush();
        client.setReading(open.isWritable());
        StandingRequest lasting = standing;
        if (lasting != null && !ended) {
            lasting.begin(attempt.host().backend(), this::refuse);
        }
    }

    /** The endpoint gave up in the middle of its answer. */
    void brokenOff(ResetReason reason) {
        record.flags(reason.flag());
        record.details("upstream_reset_after_response_started{" + reason.text().replace(' ', '_') + "}");
        end();
        client.abort();
    }

    /** The request ends without an endpoint's answer. */
    void reply(LocalReply reply) {
        answer(reply, _ -> {});
    }

    @Override
    public void answer(LocalReply reply, Consumer<HttpHeaders> edits) {
        record.local(reply);
        headSent = true;
        boolean grpc = record.isGrpc();
        end();
        reply.send(client, grpc, answer -> {
            context.services().http().answers().ofProxy(answer);
            if (reply.status() >= FAILURE) {
                HeaderRules.keepRequestId(head.headers(), answer);
            }
            edits.accept(answer);
            context.editAnswer(answer);
            Course course = way.course();
            if (course != null) {
                course.editAnswer(answer);
            }
        });
    }

    /** The exchange is over for the client; what the endpoint still does is of no interest. */
    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        way.abandon();
        Delivery begun = delivery;
        if (begun != null) {
            begun.end();
        }
        BodyReading read = reading;
        if (read != null) {
            read.abandon();
        }
        StandingRequest lasting = standing;
        if (lasting != null) {
            lasting.end();
        }
        body.close();
        record.end();
    }
}
