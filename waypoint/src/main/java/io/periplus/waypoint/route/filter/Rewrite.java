package io.periplus.waypoint.route.filter;

import io.netty.util.AsciiString;
import io.periplus.dataplane.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint sees in place of what the client sent.
 *
 * @param hostname empty to leave the authority
 * @param path null to leave it
 */
public record Rewrite(String hostname, @Nullable PathEdit path) {
    private static final AsciiString ORIGINAL_PATH = AsciiString.cached("x-envoy-original-path");

    /**
     * Rewrites a head.
     *
     * @param matched the prefix that led here
     * @param again whether another rewrite came before, which noted the original path
     */
    public void apply(RequestHead head, String matched, boolean again) {
        if (!hostname.isEmpty()) {
            head.setAuthority(hostname);
        }
        if (path != null) {
            String original = head.path();
            String rewritten = path.apply(original, matched);
            if (!rewritten.equals(original)) {
                if (!again) {
                    head.headers().set(ORIGINAL_PATH, original);
                }
                head.setPath(rewritten);
            }
        }
    }
}
