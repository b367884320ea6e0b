package io.periplus.waypoint.exchange;

import io.periplus.dataplane.http.ResponseHead;

/** How an answer counts for the health of its endpoint: a gRPC answer without a message by its status in HTTP's terms. */
public final class AnswerStatus {
    private AnswerStatus() {}

    /** Its status, in terms of HTTP. */
    public static int of(ResponseHead response) {
        String grpc = response.status() == 200 ? response.headers().get("grpc-status") : null;
        if (grpc == null) {
            return response.status();
        }
        return switch (grpc) {
            case "2", "13", "15" -> 500;
            case "4" -> 504;
            case "14" -> 503;
            default -> 200;
        };
    }
}
