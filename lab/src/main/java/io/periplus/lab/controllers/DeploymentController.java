package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.DEPLOYMENT;
import static io.periplus.lab.store.ResourceType.POD;
import static io.periplus.lab.store.ResourceType.REPLICA_SET;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves pods from one template to the next by scaling ReplicaSets, one per template. {@link ReplicaSets} finds and makes
 * them, {@link RollingUpdate} decides the steps, {@link DeploymentStatus} reports.
 */
final class DeploymentController implements Controller<Key> {
    private final ObjectStore store;
    private final EventRecorder events;
    private final ReplicaSets replicaSets;
    private final DeploymentStatus statuses;

    DeploymentController(ObjectStore store, EventRecorder events) {
        this.store = store;
        this.events = events;
        this.replicaSets = new ReplicaSets(store, events);
        this.statuses = new DeploymentStatus(store, events);
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(DEPLOYMENT, deployment -> List.of(Key.of(deployment)));
        watches.on(REPLICA_SET, set -> Ownership.keysFor(store, DEPLOYMENT, set));
        watches.on(POD, this::ofRecreated);
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode deployment = store.get(DEPLOYMENT, key.namespace(), key.name());
        if (deployment == null) {
            return null;
        }
        Selector selector = Selector.of(deployment.path("spec").path("selector"));
        List<ObjectNode> sets = Ownership.claim(store, DEPLOYMENT, deployment, REPLICA_SET, selector);
        ReplicaSets.Revisions revisions = ReplicaSets.sort(deployment, sets);
        if (Meta.deleting(deployment)) {
            return statuses.report(deployment, revisions);
        }
        boolean paused = deployment.path("spec").path("paused").asBoolean();
        if (paused) {
            scaleOnly(deployment, revisions);
        } else {
            revisions = replicaSets.ensureNewest(deployment, revisions);
            if (deployment.path("spec").path("strategy").path("type").asText().equals("Recreate")) {
                recreate(deployment, revisions);
            } else {
                roll(deployment, revisions);
            }
        }
        revisions = ReplicaSets.sort(deployment, Ownership.claim(store, DEPLOYMENT, deployment, REPLICA_SET, selector));
        if (!paused && DeploymentStatus.complete(deployment, revisions)) {
            replicaSets.forgetOldest(deployment, revisions);
        }
        return statuses.report(deployment, revisions);
    }

    /** A Deployment that recreates waits for the last old pod to be gone. */
    private List<Key> ofRecreated(ObjectNode pod) {
        OwnerReference owner = Meta.controller(pod);
        ObjectNode set = owner == null || !owner.kind().equals(REPLICA_SET.kind())
                ? null
                : store.get(REPLICA_SET, Meta.namespace(pod), owner.name());
        return set == null ? List.of() : Ownership.keysFor(store, DEPLOYMENT, set);
    }

    private void recreate(ObjectNode deployment, ReplicaSets.Revisions revisions) {
        for (ObjectNode old : revisions.old()) {
            replicaSets.scale(deployment, old, 0);
        }
        ObjectNode newest = revisions.newest();
        if (newest != null && stopped(deployment, revisions)) {
            replicaSets.scale(deployment, newest, ReplicaSetController.replicas(deployment));
        }
    }

    private void roll(ObjectNode deployment, ReplicaSets.Revisions revisions) {
        List<RollingUpdate.Step> steps = RollingUpdate.of(deployment).steps(revisions);
        steps.forEach(step -> replicaSets.scale(deployment, step.set(), step.replicas()));
    }

    /** While paused only a changed number of replicas counts: it goes to the newest template in use. */
    private void scaleOnly(ObjectNode deployment, ReplicaSets.Revisions revisions) {
        ObjectNode newest = revisions.stream()
                .max(Comparator.comparing(ReplicaSets::revision))
                .orElse(null);
        if (newest != null) {
            int others = revisions.stream()
                    .filter(set -> set != newest)
                    .mapToInt(ReplicaSetController::replicas)
                    .sum();
            replicaSets.scale(deployment, newest, Math.max(0, ReplicaSetController.replicas(deployment) - others));
        }
    }

    /** Whether no pod of an older template is left, not even one that is terminating. */
    private boolean stopped(ObjectNode deployment, ReplicaSets.Revisions revisions) {
        List<ObjectNode> pods = store.list(POD, Meta.namespace(deployment));
        return revisions.old().stream()
                .noneMatch(set -> ReplicaSetController.replicas(set) > 0
                        || pods.stream().anyMatch(pod -> Meta.controlledBy(pod, set) && !Pods.finished(pod)));
    }
}
