package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.Marks;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.telemetry.Parties;
import io.periplus.waypoint.telemetry.RequestReport;
import io.periplus.waypoint.telemetry.Telemetry;
import io.periplus.waypoint.upstream.Backend;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Notes what happens in an exchange, and reports it once at its end. */
final class ExchangeRecord {
    private final Telemetry telemetry;
    private final ClientConnection connection;
    private final MeshSnapshot mesh;
    private final HttpProtocol protocol;
    private final @Nullable RequestHead request;
    private final boolean grpc;
    private final long startMillis = System.currentTimeMillis();
    private final long startNanos = System.nanoTime();
    private final long requestHeadBytes;
    private @Nullable Backend backend;
    private @Nullable Destination target;
    private @Nullable String route;
    private @Nullable SocketAddress upstreamLocal;
    private @Nullable HttpHeaders responseHeaders;
    private Decision.@Nullable Denied denied;
    private int status;
    private String grpcStatus = "";
    private String flags = "";
    private String details = "";
    private String transportFailure = "";
    private final @Nullable GrpcMessages requestMessages;
    private final @Nullable GrpcMessages responseMessages;
    private long requestBytes;
    private long responseBytes;
    private long responseHeadBytes;
    private long upstreamMillis = -1;
    private @Nullable Marks marks;

    ExchangeRecord(
            Telemetry telemetry,
            ClientConnection connection,
            MeshSnapshot mesh,
            HttpProtocol protocol,
            @Nullable RequestHead request) {
        this.telemetry = telemetry;
        this.connection = connection;
        this.mesh = mesh;
        this.protocol = protocol;
        this.request = request;
        this.grpc = request != null && request.isGrpc();
        this.requestMessages = grpc ? new GrpcMessages() : null;
        this.responseMessages = grpc ? new GrpcMessages() : null;
        this.requestHeadBytes =
                request == null ? 0 : sizeOf(request.headers()) + request.path().length() + 32;
    }

    boolean isGrpc() {
        return grpc;
    }

    /** What policies say that decide nothing; null if nothing. */
    void marked(@Nullable Marks more) {
        marks = Marks.both(marks, more);
    }

    void route(String name) {
        route = name;
    }

    void target(Destination routed) {
        target = routed;
    }

    void backend(Backend chosen) {
        backend = chosen;
    }

    void connected(@Nullable SocketAddress local) {
        upstreamLocal = local;
        transportFailure = "";
    }

    void transportFailure(String cause) {
        transportFailure = cause;
    }

    void requestBytes(int bytes) {
        requestBytes += bytes;
    }

    void responseBytes(int bytes) {
        responseBytes += bytes;
    }

    void requestData(ByteBuf data) {
        requestBytes(data.readableBytes());
        if (requestMessages != null) {
            requestMessages.pass(data);
        }
    }

    void responseData(ByteBuf data) {
        responseBytes(data.readableBytes());
        if (responseMessages != null) {
            responseMessages.pass(data);
        }
    }

    void upstreamMillis(long millis) {
        upstreamMillis = millis;
    }

    void flags(String seen) {
        flags = seen;
    }

    void details(String text) {
        details = text;
    }

    void response(ResponseHead head, String why) {
        status = head.status();
        responseHeaders = head.headers();
        details = why;
        responseHeadBytes = sizeOf(head.headers()) + 16;
        trailers(head.headers());
    }

    void trailers(HttpHeaders trailers) {
        String value = grpc ? trailers.get("grpc-status") : null;
        if (value != null) {
            grpcStatus = value;
        }
    }

    void local(LocalReply reply) {
        status = reply.statusFor(grpc);
        grpcStatus = grpc ? reply.grpcStatus() : "";
        flags = reply.flags();
        details = reply.details();
        denied = reply.denied();
        responseBytes = reply.contentBytes();
    }

    void end() {
        IpAddress source = connection.attributes().source();
        Parties parties = new Parties(
                connection.peer(),
                mesh.index().workloadAt(connection.network(), source),
                connection.remoteAddress(),
                connection.localAddress(),
                connection.destination(),
                target == null ? connection.destination() : target,
                backend,
                connection.serverName());
        telemetry.ended(new RequestReport(
                parties,
                startMillis,
                System.nanoTime() - startNanos,
                request,
                protocol.toString(),
                grpc,
                status,
                grpcStatus,
                flags,
                details,
                transportFailure,
                requestBytes,
                responseBytes,
                requestHeadBytes,
                responseHeadBytes,
                requestMessages == null ? 0 : requestMessages.count(),
                responseMessages == null ? 0 : responseMessages.count(),
                upstreamMillis,
                upstreamLocal instanceof InetSocketAddress local ? local : null,
                route,
                responseHeaders,
                denied,
                marks));
    }

    /** What the fields take on the wire of HTTP/1.1. */
    private static long sizeOf(HttpHeaders headers) {
        long sum = 0;
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            sum += field.getKey().length() + field.getValue().length() + 4;
        }
        return sum;
    }
}
