package io.periplus.model.workload;

import io.periplus.api.Annotations;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.ServiceEntryInput;
import io.periplus.model.mesh.EntryVisibility.Level;
import io.periplus.model.status.ConditionSet;
import io.periplus.model.waypoint.Binding;
import io.periplus.model.waypoint.WaypointCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the author of a ServiceEntry is told: its waypoint, that it lacks one it needs, and who can see it. */
public record EntryStatuses(EntryVisibilities visibilities) {
    private static final String MISSING = "istio.io/WaypointMissing";
    private static final String VISIBILITY = "istio.io/VisibilityApplied";
    private static final Set<String> TYPES = Set.of(WaypointCondition.TYPE, MISSING, VISIBILITY);

    /** The conditions wanted, with those that are there. */
    public ConditionSet of(Fetch fetch, ServiceEntryInput entry) {
        Binding binding = visibilities.binding(fetch, entry);
        List<ConditionInput> wanted = new ArrayList<>();
        add(wanted, WaypointCondition.of(binding));
        add(wanted, missing(entry, binding));
        if (visibilities.configured(fetch)) {
            wanted.add(visibility(visibilities.of(fetch, entry.key().namespace())));
        }
        return new ConditionSet(entry.key(), TYPES, List.copyOf(wanted), entry.conditions());
    }

    // Whatever a waypoint is needed for, ztunnel cannot do.
    private static @Nullable ConditionInput missing(ServiceEntryInput entry, Binding binding) {
        if (binding instanceof Binding.Bound) {
            return null;
        }
        if (entry.hosts().stream().anyMatch(host -> host.startsWith("*"))) {
            return ConditionInput.of(
                    MISSING,
                    true,
                    "NoWaypointForWildcardService",
                    "a wildcard host is resolved by a waypoint only; label the ServiceEntry istio.io/use-waypoint");
        }
        String strategy = entry.annotations().get(Annotations.CONNECT_STRATEGY);
        return Annotations.RACE_FIRST_TCP_CONNECT.equals(strategy)
                ? ConditionInput.of(
                        MISSING,
                        true,
                        "NoWaypointForRacingConnectStrategy",
                        "the annotation " + Annotations.CONNECT_STRATEGY + ": " + strategy
                                + " has an effect at a waypoint only; label the ServiceEntry istio.io/use-waypoint")
                : null;
    }

    private static ConditionInput visibility(Level level) {
        return switch (level) {
            case PUBLIC -> ConditionInput.of(VISIBILITY, true, "Public", "visible to the whole mesh");
            case NAMESPACE -> ConditionInput.of(VISIBILITY, true, "Namespace", "visible to its own namespace only");
            case NONE ->
                ConditionInput.of(VISIBILITY, true, "None", "visible to nobody, by the mesh's serviceEntryVisibility");
        };
    }

    private static void add(List<ConditionInput> wanted, @Nullable ConditionInput condition) {
        if (condition != null) {
            wanted.add(condition);
        }
    }
}
