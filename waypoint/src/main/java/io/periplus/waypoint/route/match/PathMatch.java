package io.periplus.waypoint.route.match;

import io.periplus.api.http.SafePattern;

/** What a path has to be, without its query. */
public sealed interface PathMatch {
    /** Equal, with case. */
    record Exact(String path) implements PathMatch {}

    /**
     * Begins with these whole segments.
     *
     * @param path begins with a slash; one at its end has no meaning
     */
    record Prefix(String path) implements PathMatch {
        /** Without a slash at its end: empty for every path. */
        public String bare() {
            return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        }
    }

    /** {@code /<any service>/<method>} of gRPC. */
    record Method(String method) implements PathMatch {}

    /** The whole path. */
    record Regex(SafePattern pattern) implements PathMatch {}

    /** Every path. */
    PathMatch ANY = new Prefix("/");
}
