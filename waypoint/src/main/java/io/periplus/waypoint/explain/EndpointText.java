package io.periplus.waypoint.explain;

import io.periplus.api.why.EndpointState;
import io.periplus.api.why.Endpoints;
import io.periplus.dataplane.explain.Names;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.upstream.Backend;
import io.periplus.waypoint.upstream.Choice;
import io.periplus.waypoint.upstream.Host;
import io.periplus.waypoint.upstream.View;
import io.periplus.waypoint.upstream.policy.BalancingSettings;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints of a choice as the answer shows them. */
final class EndpointText {
    private EndpointText() {}

    static Endpoints of(Destination target, View view) {
        Host chosen = chosen(view);
        int nearest = view.usable().stream()
                .filter(usable -> !usable.ejected())
                .mapToInt(View.Usable::tier)
                .min()
                .orElse(0);
        List<EndpointState> states = new ArrayList<>();
        for (View.Usable usable : view.usable()) {
            Backend backend = usable.host().backend();
            states.add(new EndpointState(
                    name(backend.workload()),
                    backend.toString(),
                    !usable.ejected() && usable.tier() == nearest,
                    usable.host() == chosen,
                    why(usable, nearest)));
        }
        view.leftOut()
                .forEach((endpoint, obstacle) ->
                        states.add(new EndpointState(name(endpoint.workload()), "", false, false, obstacle)));
        return new Endpoints(name(target), rule(view.balancing()), List.copyOf(states));
    }

    static @Nullable Host chosen(View view) {
        return view.choice() instanceof Choice.Chosen(Host host) ? host : null;
    }

    static String name(Destination target) {
        return switch (target) {
            case Destination.OfService service -> service.key() + ":" + service.port();
            case Destination.OfWorkload workload -> Names.of(workload.workload()) + ":" + workload.port();
            case Destination.OfListener listener ->
                listener.namespace() + "/" + listener.gateway() + ":" + listener.port();
        };
    }

    private static String name(Workload workload) {
        return workload.getUid().isEmpty()
                ? "unknown to the mesh"
                : Names.of(workload).toString();
    }

    private static String why(View.Usable usable, int nearest) {
        if (usable.ejected()) {
            return "is ejected: it failed lately";
        }
        int active = usable.host().active();
        String busy = active == 0 ? "" : ", " + active + " in progress";
        return (usable.tier() == nearest ? "ready" : "ready, but others are nearer") + busy;
    }

    private static String rule(BalancingSettings settings) {
        return switch (settings.algorithm()) {
            case LEAST_REQUEST -> "the less busy of two at random";
            case ROUND_ROBIN -> "each in turn";
            case RANDOM -> "at random";
            case PASSTHROUGH -> "the address that the client used";
            case CONSISTENT_HASH -> "by a hash of the request";
        };
    }
}
