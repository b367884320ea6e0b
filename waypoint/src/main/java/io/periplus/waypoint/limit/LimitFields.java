package io.periplus.waypoint.limit;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.periplus.waypoint.limit.remote.Standing;
import java.util.function.Consumer;

/**
 * Tells clients about the limit that is nearest to its end (draft-ietf-httpapi-ratelimit-headers, {@code RateLimit-Policy} and
 * {@code RateLimit}).
 */
record LimitFields(Limit limit, Standing standing) implements Consumer<HttpHeaders> {
    private static final AsciiString POLICY = AsciiString.cached("ratelimit-policy");
    private static final AsciiString LIMIT = AsciiString.cached("ratelimit");

    @Override
    public void accept(HttpHeaders answer) {
        if (standing.burst() == 0) {
            return;
        }
        String name = '"' + limit.name() + '"';
        answer.set(POLICY, name + ";q=" + standing.burst() + ";w=" + standing.windowSeconds());
        answer.set(LIMIT, name + ";r=" + standing.remaining() + ";t=" + standing.resetSeconds());
    }
}
