package io.periplus.waypoint.upstream;

import io.periplus.waypoint.upstream.health.Breakers;
import io.periplus.waypoint.upstream.health.OutlierDetector;
import io.periplus.waypoint.upstream.policy.TrafficSettings;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the event loops of this proxy have to agree on, service by service. */
public final class ClusterStates {
    private record Key(String service, int port) {}

    private final BackendPolicies policies;
    private final Map<Key, WeakReference<ClusterState>> states = new ConcurrentHashMap<>();

    public ClusterStates(BackendPolicies policies) {
        this.policies = policies;
    }

    /** The settings of a port of a service that are in force now. */
    TrafficSettings settings(String service, int port) {
        return policies.settings(service, port);
    }

    /** The state that goes with these settings: a change of them begins afresh. Lives as long as a cluster holds it. */
    ClusterState state(String service, int port, TrafficSettings settings) {
        ClusterState[] found = new ClusterState[1];
        states.compute(new Key(service, port), (key, known) -> {
            ClusterState held = known == null ? null : known.get();
            if (held != null && held.settings().equals(settings)) {
                found[0] = held;
                return known;
            }
            found[0] = fresh(service, settings);
            return new WeakReference<>(found[0]);
        });
        states.values().removeIf(reference -> reference.get() == null);
        return found[0];
    }

    private static ClusterState fresh(String service, TrafficSettings settings) {
        return new ClusterState(
                settings,
                new OutlierDetector(service, settings.outlier(), System::nanoTime),
                new Breakers(settings.limits()));
    }
}
