package io.periplus.model.gateway;

import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.route.ListenerKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The statuses of the listeners of Gateways at the edge.
 *
 * @param attachedRoutes how many routes are attached to each
 */
public record ListenerStatuses(Collection<ListenerKey, Integer> attachedRoutes) {
    private static final String PROGRAMMED = "Programmed";
    private static final String FINE = "No errors found";

    /**
     * The statuses of some listeners of one object.
     *
     * @param generation of the object that lists them
     * @param running    whether there is a proxy to serve them
     */
    List<ListenerStatus> of(Fetch fetch, List<EdgeListener> listeners, long generation, boolean running) {
        return listeners.stream()
                .map(listener -> status(fetch, listener, generation, running))
                .toList();
    }

    private ListenerStatus status(Fetch fetch, EdgeListener listener, long generation, boolean running) {
        List<ConditionInput> conditions = new ArrayList<>(List.of(
                listener.accepted(), listener.conflicted(), programmed(listener, running), listener.resolved()));
        if (listener.overlapping()) {
            conditions.add(ConditionInput.of(
                    "OverlappingTLSConfig",
                    true,
                    "OverlappingHostnames",
                    "the host name overlaps that of another HTTPS listener on port "
                            + listener.spec().port() + ": a client may reuse its connection for both"));
        }
        return new ListenerStatus(
                listener.spec().name(),
                listener.kinds(),
                Objects.requireNonNullElse(
                        fetch.get(
                                attachedRoutes,
                                new ListenerKey(
                                        listener.owner(), listener.spec().name())),
                        0),
                conditions.stream().map(c -> c.observed(generation)).toList());
    }

    private static ConditionInput programmed(EdgeListener listener, boolean running) {
        if (!listener.isAccepted()) {
            return ConditionInput.of(
                    PROGRAMMED, false, "Invalid", listener.accepted().message());
        }
        if (!listener.isServable()) {
            return ConditionInput.of(PROGRAMMED, false, "Invalid", "Bad TLS configuration");
        }
        return running
                ? ConditionInput.of(PROGRAMMED, true, PROGRAMMED, FINE)
                : ConditionInput.of(PROGRAMMED, false, "Pending", "no instance of the Gateway is ready yet");
    }
}
