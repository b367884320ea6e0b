package io.periplus.waypoint.route;

import io.periplus.waypoint.route.filter.Cors;
import io.periplus.waypoint.route.filter.HeaderEdits;
import io.periplus.waypoint.route.filter.Redirect;
import io.periplus.waypoint.route.filter.Rewrite;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to a request and its answer on the way of a rule, or of one backend of it. */
public record Filters(
        HeaderEdits request,
        HeaderEdits response,
        @Nullable Redirect redirect,
        @Nullable Rewrite rewrite,
        List<Mirror> mirrors,
        @Nullable Cors cors) {
    /** Nothing. */
    public static final Filters NONE = new Filters(HeaderEdits.NONE, HeaderEdits.NONE, null, null, List.of(), null);
}
