package io.periplus.controlplane.status;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.periplus.api.NamespacedName;
import io.periplus.controlplane.kube.Applies;
import io.periplus.controlplane.kube.Conditions;
import io.periplus.model.status.WantedConditions;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** Writes one manager's conditions on one kind of object; one that no longer applies is taken away. */
public final class ConditionWriter<S extends WantedConditions> {
    private final Applies applies;
    private final ResourceDefinitionContext kind;
    private final String manager;
    private final Clock clock;
    private final StatusWriter<NamespacedName, S> writer;

    /**
     * A writer.
     *
     * @param manager the field manager that owns the conditions
     */
    public ConditionWriter(Applies applies, ResourceDefinitionContext kind, String manager, Clock clock) {
        this.applies = applies;
        this.kind = kind;
        this.manager = manager;
        this.clock = clock;
        this.writer = new StatusWriter<>(manager, this::write);
    }

    /** What takes note of changes and does the work. */
    public StatusWriter<NamespacedName, S> writer() {
        return writer;
    }

    private void write(S conditions) {
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        List<Map<String, Object>> body = conditions.all().stream()
                .map(condition -> Conditions.write(condition, conditions.written(), now))
                .toList();
        applies.status(kind, conditions.key(), Map.of("conditions", body), manager);
    }
}
