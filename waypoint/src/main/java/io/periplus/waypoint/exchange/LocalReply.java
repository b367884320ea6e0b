package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.RequestError;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.dataplane.policy.Decision;
import io.periplus.waypoint.route.NoRoute;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An answer that the waypoint gives itself.
 *
 * @param status the HTTP status; gRPC clients get 200 and the status that corresponds to it
 * @param body shown to the user, may be empty
 * @param flags of the access log, empty if none
 * @param details of the access log
 * @param denied the decision of the policies that it tells; null for another reason
 * @param content the body where it is somebody else's, in a type of its own; null where it is {@code body}
 */
public record LocalReply(
        int status,
        String body,
        String flags,
        String details,
        Decision.@Nullable Denied denied,
        byte @Nullable [] content) {
    static final LocalReply NO_HEALTHY_UPSTREAM =
            new LocalReply(503, "no healthy upstream", "UH", "no_healthy_upstream");

    private static final LocalReply ROUTE_NOT_FOUND = new LocalReply(404, "", "NR", "route_not_found");

    private static final LocalReply MISDIRECTED = new LocalReply(421, "", "NR", "misdirected_request");

    /** A rule that holds something that cannot be applied: to skip that would be to do something else than was asked for. */
    static final LocalReply UNUSABLE_RULE = new LocalReply(500, "", "", "route_rule_unusable");

    /** What a browser asked for before its request; the permission stands in the head. */
    static final LocalReply PREFLIGHT = new LocalReply(200, "", "", "cors_response");

    static final LocalReply REQUEST_TIMEOUT = new LocalReply(504, "upstream request timeout", "UT", "response_timeout");

    /** The status of gRPC for a call that took longer than its client allowed. */
    static final String DEADLINE = "4";

    /** The client's own deadline passed: its library gives up at the same moment, and both must say the same. */
    static final LocalReply DEADLINE_EXCEEDED =
            new LocalReply(504, REQUEST_TIMEOUT.body, "UT", "grpc_deadline_exceeded");

    /** The share of a backend that cannot be used, or of none. */
    static final LocalReply NO_BACKEND = new LocalReply(500, "", "NC", "cluster_not_found");

    /** The backend exists, and this proxy has not heard of it: it may in a moment. */
    static final LocalReply UNKNOWN_BACKEND = new LocalReply(503, "", "NC", "cluster_not_found");

    /** For another reason than a policy. */
    public LocalReply(int status, String body, String flags, String details) {
        this(status, body, flags, details, null, null);
    }

    /** With a body in a type of its own; {@code text} is what gRPC clients get of it. */
    public static LocalReply ofOther(int status, String text, byte[] content, String flags, String details) {
        return new LocalReply(status, text, flags, details, null, content);
    }

    private static final String DISCONNECTED = "upstream connect error or disconnect/reset before headers. ";

    static LocalReply of(RequestError error) {
        return new LocalReply(error.status(), error.body(), "", error.details());
    }

    static LocalReply of(NoRoute none) {
        return switch (none) {
            case NOT_FOUND -> ROUTE_NOT_FOUND;
            case MISDIRECTED -> MISDIRECTED;
        };
    }

    /** The same with another text. */
    public LocalReply withBody(String other) {
        return new LocalReply(status, other, flags, details);
    }

    static LocalReply redirect(int status) {
        return new LocalReply(status, "", "", "direct_response");
    }

    /** An endpoint gave no answer. */
    static LocalReply of(ResetReason reason, String cause, boolean retried) {
        if (reason == ResetReason.TIMEOUT) {
            return new LocalReply(504, reason.text(), retried ? "UT,URX" : "UT", "upstream_per_try_timeout");
        }
        String body = DISCONNECTED
                + (retried ? "retried and the latest reset reason: " : "reset reason: ")
                + reason.text()
                + (cause.isEmpty() ? "" : ", transport failure reason: " + cause);
        String details =
                "upstream_reset_before_response_started{" + reason.text() + (cause.isEmpty() ? "" : "|" + cause) + "}";
        String flags = retried ? reason.flag() + ",URX" : reason.flag();
        return new LocalReply(reason.status(), body, flags, details.replace(' ', '_'));
    }

    /** A policy refused; what it was stands in the log, not in the answer. */
    public static LocalReply of(Decision.Denied denied) {
        return new LocalReply(
                403, "RBAC: access denied", "", "rbac_access_denied_matched_policy" + policyOf(denied), denied, null);
    }

    /** The policy that refused as access logs name it; {@code [none]} when ALLOW policies exist and none matched. */
    static String policyOf(Decision.Denied denied) {
        String policy = denied.policy();
        String field = denied.field().isEmpty() ? "" : "-field[" + denied.field() + "]";
        if (policy == null || denied.cause() == Decision.Cause.NOT_ALLOWED) {
            return policy == null ? "[none]" : "[none]-nearest[" + policy + "]" + rule(denied) + field;
        }
        int slash = policy.indexOf('/');
        String named = slash < 0
                ? "policy[" + policy + "]"
                : "ns[" + policy.substring(0, slash) + "]-policy[" + policy.substring(slash + 1) + "]";
        return "[" + named + rule(denied) + "]" + field;
    }

    private static String rule(Decision.Denied denied) {
        return denied.rule() < 0 ? "" : "-rule[" + denied.rule() + "]";
    }

    int contentBytes() {
        return content == null ? ByteBufUtil.utf8Bytes(body) : content.length;
    }

    /** Writes the answer, with a head that is edited last. */
    void send(ClientStream client, boolean grpc, Consumer<HttpHeaders> edits) {
        ResponseHead head = ResponseHead.of(statusFor(grpc));
        HttpHeaders headers = head.headers();
        if (grpc) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, "application/grpc");
            headers.set("grpc-status", grpcStatus());
            if (!body.isEmpty()) {
                headers.set("grpc-message", percentEncoded(body));
            }
        } else if (contentBytes() > 0) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(contentBytes()));
            if (content == null) {
                headers.set(HttpHeaderNames.CONTENT_TYPE, "text/plain");
            }
        }
        if (flags.startsWith(ResetReason.OVERFLOW.flag())) {
            headers.set("x-envoy-overloaded", "true");
        }
        HeaderRules.local(headers);
        edits.accept(headers);
        boolean bodyless = grpc || contentBytes() == 0;
        client.head(head, bodyless);
        if (!bodyless) {
            client.data(
                    content == null
                            ? Unpooled.copiedBuffer(body, StandardCharsets.UTF_8)
                            : Unpooled.wrappedBuffer(content),
                    true);
        }
        client.flush();
    }

    /** The HTTP status that a client gets: what went wrong with a call of gRPC stands beside it. */
    int statusFor(boolean grpc) {
        return grpc ? 200 : status;
    }

    /** The mapping that gRPC's HTTP/2 protocol document gives for answers of intermediaries. */
    String grpcStatus() {
        return switch (status) {
            case 400 -> "13";
            case 401 -> "16";
            case 403 -> "7";
            case 404 -> "12";
            case 429, 502, 503 -> "14";
            case 504 -> details.equals(DEADLINE_EXCEEDED.details) ? DEADLINE : "14";
            case 500 -> flags.equals(NO_BACKEND.flags) ? "14" : "2";
            default -> "2";
        };
    }

    private static String percentEncoded(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%') {
                out.append((char) b);
            } else {
                out.append('%').append(String.format("%02X", b & 0xff));
            }
        }
        return out.toString();
    }
}
