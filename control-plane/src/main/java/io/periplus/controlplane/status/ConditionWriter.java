package io.periplus.controlplane.status;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.periplus.api.NamespacedName;
import io.periplus.controlplane.Reconciler;
import io.periplus.controlplane.kube.Applies;
import io.periplus.controlplane.kube.Conditions;
import io.periplus.model.collection.Change;
import io.periplus.model.status.ObjectConditions;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Writes one type of condition on one kind of object; a condition that no longer applies is taken away. */
public final class ConditionWriter {
    private final Applies applies;
    private final ResourceDefinitionContext kind;
    private final String manager;
    private final Clock clock;
    private final Map<NamespacedName, ObjectConditions> wanted = new ConcurrentHashMap<>();
    private final Reconciler<NamespacedName> reconciler;

    /**
     * A writer.
     *
     * @param manager the field manager that owns the condition
     */
    public ConditionWriter(Applies applies, ResourceDefinitionContext kind, String manager, Clock clock) {
        this.applies = applies;
        this.kind = kind;
        this.manager = manager;
        this.clock = clock;
        this.reconciler = new Reconciler<>(manager, this::reconcile);
    }

    /** What does the work. */
    public Reconciler<NamespacedName> reconciler() {
        return reconciler;
    }

    /** Takes note of changes. */
    public void changed(Map<NamespacedName, Change<ObjectConditions>> changes) {
        changes.forEach((name, change) -> {
            ObjectConditions conditions = change.after();
            if (conditions == null) {
                wanted.remove(name);
            } else {
                wanted.put(name, conditions);
                if (!conditions.current()) {
                    reconciler.enqueue(name);
                }
            }
        });
    }

    private void reconcile(NamespacedName name) {
        ObjectConditions conditions = wanted.get(name);
        if (conditions == null || conditions.current()) {
            return;
        }
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        List<Map<String, Object>> body = conditions.wanted() == null
                ? List.of()
                : List.of(Conditions.write(conditions.wanted(), conditions.written(), now));
        applies.status(kind, name, Map.of("conditions", body), manager);
    }
}
