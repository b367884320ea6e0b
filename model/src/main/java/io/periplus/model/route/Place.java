package io.periplus.model.route;

import io.periplus.api.NamespacedName;
import io.periplus.wire.waypoint.ServiceTarget;
import java.util.List;

/** Where a route is attached. */
public sealed interface Place {
    /**
     * The virtual addresses of a service.
     *
     * @param ports     of the service that the route governs
     * @param whole     whether those are all ports that the service has
     * @param group     the route's namespace if it is not the service's: the route is for that namespace's clients, or for all
     *                  of a waypoint there. Routes of different groups do not meet
     * @param waypoints that front the service
     */
    record AtService(
            ServiceTarget service, List<Integer> ports, boolean whole, String group, List<NamespacedName> waypoints)
            implements Place {}

    /**
     * A listener.
     *
     * @param hostnames that route and listener have in common; empty for every name
     */
    record AtListener(ListenerView listener, NamespacedName gateway, List<String> hostnames) implements Place {}
}
