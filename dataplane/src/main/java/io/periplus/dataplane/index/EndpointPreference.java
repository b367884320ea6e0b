package io.periplus.dataplane.index;

import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.Workload;
import java.util.List;

/** How near an endpoint is to a client, by the preferences of a service. */
public final class EndpointPreference {
    private EndpointPreference() {}

    /**
     * The number of preferences that match before the first that does not. If the network stands first, matching it
     * outweighs all others, and not matching it does not end the walk: a remote endpoint of the client's region still
     * comes before one of elsewhere.
     */
    public static int rank(List<LoadBalancing.Scope> preferences, Workload client, Workload endpoint) {
        int rank = 0;
        for (int i = 0; i < preferences.size(); i++) {
            LoadBalancing.Scope scope = preferences.get(i);
            boolean networkFirst = i == 0 && scope == LoadBalancing.Scope.NETWORK;
            if (matches(scope, client, endpoint)) {
                rank += networkFirst ? preferences.size() : 1;
            } else if (!networkFirst) {
                break;
            }
        }
        return rank;
    }

    /** Whether all preferences match. */
    public static boolean matchesAll(List<LoadBalancing.Scope> preferences, Workload client, Workload endpoint) {
        for (int i = 0; i < preferences.size(); i++) {
            if (!matches(preferences.get(i), client, endpoint)) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(LoadBalancing.Scope scope, Workload a, Workload b) {
        return switch (scope) {
            case REGION -> a.getLocality().getRegion().equals(b.getLocality().getRegion());
            case ZONE -> a.getLocality().getZone().equals(b.getLocality().getZone());
            case SUBZONE -> a.getLocality().getSubzone().equals(b.getLocality().getSubzone());
            case NODE -> a.getNode().equals(b.getNode());
            case CLUSTER -> a.getClusterId().equals(b.getClusterId());
            case NETWORK -> a.getNetwork().equals(b.getNetwork());
            case UNSPECIFIED_SCOPE, UNRECOGNIZED -> false;
        };
    }
}
