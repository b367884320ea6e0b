package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says of itself in answers.
 *
 * @param server in the field of that name; null to leave the application's, and to say nothing in answers of its own
 * @param serviceTime whether {@code x-envoy-upstream-service-time} says how long the application took
 */
public record AnswerFields(@Nullable AsciiString server, boolean serviceTime) {
    static final AsciiString ENVOY = AsciiString.cached("istio-envoy");

    /** What users of Envoy waypoints know. */
    public static final AnswerFields DEFAULT = new AnswerFields(ENVOY, true);

    void ofApplication(HttpHeaders headers, long upstreamServiceMillis) {
        if (server != null) {
            headers.set(HttpHeaderNames.SERVER, server);
        }
        if (serviceTime) {
            headers.set(HeaderRules.UPSTREAM_SERVICE_TIME, Long.toString(upstreamServiceMillis));
        }
    }

    /** In place of what stands in every answer of the proxy's own. */
    void ofProxy(HttpHeaders headers) {
        if (server == null) {
            headers.remove(HttpHeaderNames.SERVER);
        } else if (server != ENVOY) {
            headers.set(HttpHeaderNames.SERVER, server);
        }
    }
}
