package io.periplus.waypoint.call;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.HttpFields;
import io.periplus.dataplane.http.RequestHead;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The messages of a unary gRPC call, as the gRPC-over-HTTP/2 protocol frames them. */
public final class GrpcCall {
    private static final int PREFIX_BYTES = 5;
    private static final int OK = 200;

    /** The longest that {@code grpc-timeout} can say in milliseconds: eight digits. */
    private static final long TIMEOUT_MILLIS_MAX = 99_999_999;

    private GrpcCall() {}

    /**
     * The answer's message or why there is none.
     *
     * @param problem in a user's words
     */
    public record Reply<M>(@Nullable M message, String problem) {}

    /**
     * The head of a call.
     *
     * @param method {@code /package.Service/Method}
     */
    public static RequestHead head(String authority, String method, long timeoutNanos) {
        HttpHeaders headers = new HttpFields();
        headers.set(HttpHeaderNames.CONTENT_TYPE, "application/grpc");
        headers.set(HttpHeaderNames.TE, "trailers");
        headers.set(HttpHeaderNames.USER_AGENT, "periplus");
        long millis = Math.clamp(TimeUnit.NANOSECONDS.toMillis(timeoutNanos), 1, TIMEOUT_MILLIS_MAX);
        headers.set("grpc-timeout", millis + "m");
        return new RequestHead("POST", "http", authority, method, headers);
    }

    /** One message, not compressed. */
    public static byte[] body(MessageLite message) {
        byte[] bytes = new byte[PREFIX_BYTES + message.getSerializedSize()];
        ByteBuffer.wrap(bytes).put((byte) 0).putInt(bytes.length - PREFIX_BYTES).put(message.toByteArray());
        return bytes;
    }

    /** Reads an answer. */
    public static <M extends MessageLite> Reply<M> reply(CallOutcome.Answered answer, Parser<M> parser) {
        if (answer.head().status() != OK) {
            return problem("HTTP status " + answer.head().status());
        }
        String type = answer.head().headers().get(HttpHeaderNames.CONTENT_TYPE);
        if (type == null || !type.startsWith("application/grpc")) {
            return problem("content-type " + type + " (expected: application/grpc)");
        }
        HttpHeaders end = answer.trailers().contains("grpc-status")
                ? answer.trailers()
                : answer.head().headers();
        String status = end.get("grpc-status");
        if (!"0".equals(status)) {
            String message = end.get("grpc-message");
            return problem("grpc-status " + status + (message == null ? "" : ": " + message));
        }
        return message(answer.body(), parser);
    }

    private static <M extends MessageLite> Reply<M> message(byte[] body, Parser<M> parser) {
        if (body.length < PREFIX_BYTES) {
            return problem("no message");
        }
        ByteBuffer bytes = ByteBuffer.wrap(body);
        if (bytes.get() != 0) {
            return problem("a compressed message, which was not asked for");
        }
        if (bytes.getInt() != bytes.remaining()) {
            return problem("a message of another length than it says");
        }
        try {
            return new Reply<>(parser.parseFrom(bytes), "");
        } catch (InvalidProtocolBufferException e) {
            return problem("undecodable message: " + e.getMessage());
        }
    }

    private static <M> Reply<M> problem(String problem) {
        return new Reply<>(null, problem);
    }
}
