package io.periplus.waypoint.route.match;

import io.periplus.dataplane.http.RequestHead;
import java.util.List;

/**
 * What a request has to be; everything must hold.
 *
 * @param method empty for any
 */
public record RequestMatch(PathMatch path, String method, List<HeaderMatch> headers, List<QueryMatch> query) {
    /** Everything but the path. */
    boolean restMatches(RequestHead head, int queryStart) {
        if (!method.isEmpty() && !method.equals(head.method())) {
            return false;
        }
        for (int i = 0; i < headers.size(); i++) {
            if (!headers.get(i).matches(head)) {
                return false;
            }
        }
        for (int i = 0; i < query.size(); i++) {
            if (!query.get(i).matches(head.path(), queryStart)) {
                return false;
            }
        }
        return true;
    }

    boolean isPathOnly() {
        return method.isEmpty() && headers.isEmpty() && query.isEmpty();
    }
}
