package io.periplus.model.gateway;

import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput.GroupKind;
import io.periplus.model.input.ListenerStatusInput;
import java.util.List;
import java.util.Set;

/** What the status of one listener is to say. */
public record ListenerStatus(
        String name, List<GroupKind> supportedKinds, int attachedRoutes, List<ConditionInput> conditions) {
    /** Conditions that are there only while they are true. */
    private static final Set<String> PASSING = Set.of("OverlappingTLSConfig");

    /** Whether the statuses that stand in an object say just this. */
    static boolean current(List<ListenerStatus> wanted, List<ListenerStatusInput> present) {
        return wanted.size() == present.size()
                && wanted.stream().allMatch(status -> present.stream().anyMatch(status::isSaidBy));
    }

    private boolean isSaidBy(ListenerStatusInput present) {
        return name.equals(present.name())
                && attachedRoutes == present.attachedRoutes()
                && supportedKinds.equals(present.supportedKinds())
                && current(conditions, present.conditions(), PASSING);
    }

    /**
     * Whether every wanted condition stands there already, and none of those that are there only for a time stays behind.
     *
     * @param passing types that only this control plane writes, and not always
     */
    static boolean current(List<ConditionInput> wanted, List<ConditionInput> present, Set<String> passing) {
        return wanted.stream().allMatch(w -> present.stream().anyMatch(w::sameAs))
                && present.stream()
                        .filter(p -> passing.contains(p.type()))
                        .allMatch(p -> wanted.stream().anyMatch(w -> w.type().equals(p.type())));
    }
}
