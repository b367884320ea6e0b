package io.periplus.waypoint.authz;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.exchange.BufferedBody;
import io.periplus.waypoint.exchange.HttpProtocol;
import io.periplus.wire.extauthz.AttributeContext;
import io.periplus.wire.extauthz.CheckRequest;
import io.periplus.wire.xds.core.Address;
import io.periplus.wire.xds.core.SocketAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What gRPC authorizers are told, as Envoy tells them. */
final class CheckRequests {
    static final String PARTIAL_BODY = "x-envoy-auth-partial-body";

    private CheckRequests() {}

    static CheckRequest of(Subject subject, String principal, boolean bodyAsBytes) {
        var client = subject.client();
        var attributes = client.attributes();
        AttributeContext.Peer.Builder source = AttributeContext.Peer.newBuilder()
                .setAddress(address(
                        attributes.source().toString(), client.remoteAddress().getPort()));
        SpiffeId peer = client.peer();
        if (peer != null) {
            source.setPrincipal(peer.toString());
        }
        AttributeContext.Peer destination = AttributeContext.Peer.newBuilder()
                .setAddress(address(attributes.destination().toString(), attributes.destinationPort()))
                .setService(client.destination().hostname())
                .setPrincipal(principal)
                .build();
        Instant now = Instant.now();
        AttributeContext.Request.Builder request = AttributeContext.Request.newBuilder()
                .setTime(Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()));
        RequestHead head = subject.head();
        if (head != null) {
            request.setHttp(http(head, subject.protocol(), subject.body(), bodyAsBytes));
        }
        AttributeContext.Builder context = AttributeContext.newBuilder()
                .setSource(source)
                .setDestination(destination)
                .setRequest(request)
                .putContextExtensions("policy", subject.match().policy().key());
        if (subject.match().dryRun()) {
            context.putContextExtensions("dry-run", "true");
        }
        return CheckRequest.newBuilder().setAttributes(context).build();
    }

    private static AttributeContext.HttpRequest http(
            RequestHead head, @Nullable HttpProtocol protocol, @Nullable BufferedBody body, boolean asBytes) {
        AttributeContext.HttpRequest.Builder http = AttributeContext.HttpRequest.newBuilder()
                .setId(Texts.ofField(value(head, "x-request-id")))
                .setMethod(head.method())
                .setPath(Texts.ofField(head.path()))
                .setHost(Texts.ofField(head.authority()))
                .setScheme(head.scheme())
                .setSize(size(head))
                .setProtocol(String.valueOf(protocol))
                .putAllHeaders(headers(head));
        if (body != null) {
            http.putHeaders(PARTIAL_BODY, String.valueOf(!body.whole()));
            if (asBytes) {
                http.setRawBody(ByteString.copyFrom(body.bytes()));
            } else {
                http.setBody(Texts.ofBytes(body.bytes()));
            }
        }
        return http.build();
    }

    private static Map<String, String> headers(RequestHead head) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(":method", head.method());
        headers.put(":path", Texts.ofField(head.path()));
        headers.put(":authority", Texts.ofField(head.authority()));
        headers.put(":scheme", head.scheme());
        for (Map.Entry<String, String> field : head.headers().entries()) {
            String separator = field.getKey().equals("cookie") ? "; " : ",";
            headers.merge(field.getKey(), Texts.ofField(field.getValue()), (a, b) -> a + separator + b);
        }
        return headers;
    }

    private static long size(RequestHead head) {
        try {
            String length = head.headers().get(HttpHeaderNames.CONTENT_LENGTH);
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException _) {
            return -1;
        }
    }

    private static String value(RequestHead head, String name) {
        String value = head.headers().get(name);
        return value == null ? "" : value;
    }

    private static Address address(String ip, int port) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress(ip).setPortValue(port))
                .build();
    }
}
