package io.periplus.waypoint.limit;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.waypoint.limit.remote.Standing;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What the head of a refusal says besides.
 *
 * @param added by a rate limit service
 */
record Refusal(Limit limit, Standing standing, List<Map.Entry<String, String>> added) implements Consumer<HttpHeaders> {
    private static final String GRPC_STATUS = "grpc-status";
    private static final String RESOURCE_EXHAUSTED = "8";

    @Override
    public void accept(HttpHeaders answer) {
        answer.set(HttpHeaderNames.RETRY_AFTER, Long.toString(Math.max(1, standing.resetSeconds())));
        if (limit.policy().tellsOnLimit()) {
            new LimitFields(limit, standing).accept(answer);
        }
        if (limit.policy().response().getResourceExhausted() && answer.contains(GRPC_STATUS)) {
            answer.set(GRPC_STATUS, RESOURCE_EXHAUSTED);
        }
        added.forEach(field -> answer.add(field.getKey(), field.getValue()));
    }
}
