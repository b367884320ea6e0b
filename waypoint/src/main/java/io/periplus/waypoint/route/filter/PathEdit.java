package io.periplus.waypoint.route.filter;

/** A change of the path of a request; its query stays. */
public sealed interface PathEdit {
    /** The whole path. */
    record Full(String path) implements PathEdit {}

    /** The part that the route's prefix matched, by whole segments. */
    record Prefix(String replacement) implements PathEdit {}

    /**
     * The new target.
     *
     * @param target path and query
     * @param matched the prefix that led here
     */
    default String apply(String target, String matched) {
        int mark = target.indexOf('?');
        int end = mark < 0 ? target.length() : mark;
        String path = switch (this) {
            case Full full -> full.path;
            case Prefix prefix -> replaced(target, end, bare(matched), bare(prefix.replacement));
        };
        String absolute = path.startsWith("/") ? path : "/" + path;
        return mark < 0 ? absolute : absolute + target.substring(mark);
    }

    private static String replaced(String target, int end, String prefix, String replacement) {
        int from = target.startsWith(prefix) ? Math.min(prefix.length(), end) : 0;
        return replacement + target.substring(from, end);
    }

    private static String bare(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
