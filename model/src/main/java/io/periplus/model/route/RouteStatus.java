package io.periplus.model.route;

import io.periplus.model.input.RouteKey;
import io.periplus.model.input.RouteParentStatus;
import io.periplus.model.status.Desired;
import java.util.List;

/**
 * What a route's status is to say on behalf of this controller, and what of it stands there already.
 *
 * @param wanted  one entry for each parent of ours, in the order of the references
 * @param written our entries of now
 */
public record RouteStatus(RouteKey key, List<RouteParentStatus> wanted, List<RouteParentStatus> written)
        implements Desired {
    /** The name under which this controller writes. */
    public static final String CONTROLLER = "istio.io/gateway-controller";

    /** Whether nothing has to be written. */
    @Override
    public boolean current() {
        return wanted.size() == written.size()
                && wanted.stream().allMatch(entry -> written.stream().anyMatch(present -> says(present, entry)));
    }

    private static boolean says(RouteParentStatus present, RouteParentStatus wanted) {
        return present.parentRef().sameAs(wanted.parentRef())
                && present.conditions().size() == wanted.conditions().size()
                && wanted.conditions().stream()
                        .allMatch(condition -> present.conditions().stream().anyMatch(condition::sameAs));
    }
}
