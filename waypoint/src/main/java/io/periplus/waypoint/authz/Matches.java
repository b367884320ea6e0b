package io.periplus.waypoint.authz;

import io.periplus.dataplane.policy.CustomMatch;
import io.periplus.waypoint.exchange.RequestContext;
import io.periplus.waypoint.mesh.Destination;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The CUSTOM policies that apply to a request. */
final class Matches {
    private Matches() {}

    /** The first; null if none does. */
    static @Nullable CustomMatch first(RequestContext request) {
        return next(request, Set.of());
    }

    /**
     * The next whose provider was not asked yet.
     *
     * @param asked names of providers
     */
    static @Nullable CustomMatch next(RequestContext request, Set<String> asked) {
        Destination addressed = request.addressed();
        return request.mesh()
                .policies()
                .custom(addressed.namespace(), addressed.hostname(), request.attributes(), asked);
    }
}
