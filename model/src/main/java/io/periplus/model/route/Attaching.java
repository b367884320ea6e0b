package io.periplus.model.route;

import io.periplus.model.collection.Fetch;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteInput.ParentRef;
import io.periplus.model.input.RouteProblem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attaches routes to their parents, each route by itself. */
public final class Attaching {
    private static final String GATEWAY_GROUP = "gateway.networking.k8s.io";

    private final ServiceAttachment services;
    private final ListenerAttachment listeners;

    Attaching(ServiceAttachment services, ListenerAttachment listeners) {
        this.services = services;
        this.listeners = listeners;
    }

    /** Whether the parent is a service of the mesh. */
    static boolean isMesh(ParentRef ref) {
        return switch (ref.groupOrDefault()) {
            case "" -> ref.kindOrDefault().equals("Service");
            case MeshServices.ISTIO_GROUP ->
                ref.kindOrDefault().equals("Hostname") || ref.kindOrDefault().equals("ServiceEntry");
            default -> false;
        };
    }

    /** Whether the parent has listeners. */
    static boolean isListeners(ParentRef ref) {
        return ref.groupOrDefault().equals(GATEWAY_GROUP)
                && (ref.kindOrDefault().equals("Gateway") || ref.kindOrDefault().equals("ListenerSet"));
    }

    RouteParents attach(Fetch fetch, RouteInput route) {
        List<ParentOutcome> outcomes = new ArrayList<>();
        for (ParentRef ref : new LinkedHashSet<>(route.parentRefs())) {
            ParentOutcome outcome = null;
            if (isMesh(ref)) {
                outcome = services.attach(fetch, route, ref);
            } else if (isListeners(ref)) {
                outcome = listeners.attach(fetch, route, ref);
            }
            if (outcome != null) {
                outcomes.add(judged(route, outcome));
            }
        }
        return new RouteParents(route.key(), route.created(), List.copyOf(outcomes));
    }

    // What is wrong with the route itself is said only where it could have been attached.
    private static ParentOutcome judged(RouteInput route, ParentOutcome outcome) {
        RouteProblem problem = problem(route);
        return problem == null || outcome.refusal() != null
                ? outcome
                : new ParentOutcome(
                        outcome.ref(),
                        new ParentOutcome.Refusal(problem.reason().text(), problem.message()),
                        outcome.places(),
                        outcome.mesh(),
                        outcome.waypoints());
    }

    private static @Nullable RouteProblem problem(RouteInput route) {
        return route.unusable()
                ? route.rules().stream()
                        .flatMap(rule -> rule.problems().stream())
                        .filter(problem -> !problem.reason().isReference())
                        .findFirst()
                        .orElse(null)
                : null;
    }
}
