package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.DEPLOYMENT;
import static io.periplus.lab.store.ResourceType.REPLICA_SET;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.ObjectStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The ReplicaSets of a Deployment: which one has its present template, which are older; making and scaling them. */
final class ReplicaSets {
    static final String HASH_LABEL = "pod-template-hash";
    static final String REVISION = "deployment.kubernetes.io/revision";
    private static final String REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
    private static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
    private static final String MAXIMUM = "deployment.kubernetes.io/max-replicas";
    private static final int DEFAULT_HISTORY = 10;

    private final ObjectStore store;
    private final EventRecorder events;

    /**
     * @param newest the set with the Deployment's template; null before it is made
     * @param old the others, oldest first
     */
    record Revisions(@Nullable ObjectNode newest, List<ObjectNode> old) {
        Stream<ObjectNode> stream() {
            return newest == null ? old.stream() : Stream.concat(old.stream(), Stream.of(newest));
        }
    }

    ReplicaSets(ObjectStore store, EventRecorder events) {
        this.store = store;
        this.events = events;
    }

    static Revisions sort(ObjectNode deployment, List<ObjectNode> sets) {
        String wanted = template(deployment);
        var old = new ArrayList<>(sets);
        old.sort(Comparator.comparing(Meta::created).thenComparing(Meta::name));
        ObjectNode newest = null;
        for (ObjectNode set : old) {
            if (template(set).equals(wanted)) {
                newest = set;
                break;
            }
        }
        old.remove(newest);
        return new Revisions(newest, List.copyOf(old));
    }

    static long revision(JsonNode object) {
        String text = Meta.annotation(object, REVISION);
        return text == null ? 0 : Long.parseLong(text);
    }

    /** Makes the set of the present template, without pods, or brings the present one's revision and notes up to date. */
    Revisions ensureNewest(ObjectNode deployment, Revisions revisions) {
        long revision = 1
                + revisions.old().stream()
                        .mapToLong(ReplicaSets::revision)
                        .max()
                        .orElse(0);
        ObjectNode newest = revisions.newest();
        ObjectNode stored = newest == null
                ? create(deployment, revision)
                : store.update(REPLICA_SET, Meta.namespace(newest), Meta.name(newest), copy -> {
                    annotate(deployment, copy, revision);
                    copyField(deployment, copy, "minReadySeconds");
                    return copy;
                });
        store.update(DEPLOYMENT, Meta.namespace(deployment), Meta.name(deployment), copy -> {
            annotations(copy).put(REVISION, Long.toString(revision(stored)));
            return copy;
        });
        return new Revisions(stored, revisions.old());
    }

    void scale(ObjectNode deployment, ObjectNode set, int replicas) {
        int before = ReplicaSetController.replicas(set);
        store.update(REPLICA_SET, Meta.namespace(set), Meta.name(set), copy -> {
            copy.withObject("/spec").put("replicas", replicas);
            noteSizes(deployment, copy);
            return copy;
        });
        if (before != replicas) {
            events.normal(
                    DEPLOYMENT,
                    deployment,
                    "ScalingReplicaSet",
                    "Scaled %s replica set %s from %d to %d"
                            .formatted(before < replicas ? "up" : "down", Meta.name(set), before, replicas));
        }
    }

    /** Deletes the oldest sets that have no pods, beyond those that a rollback may want. */
    void forgetOldest(ObjectNode deployment, Revisions revisions) {
        int limit = deployment.path("spec").path("revisionHistoryLimit").asInt(DEFAULT_HISTORY);
        List<ObjectNode> empty = revisions.old().stream()
                .filter(set -> ReplicaSetController.replicas(set) == 0
                        && set.path("status").path("replicas").asInt() == 0
                        && !Meta.deleting(set))
                .sorted(Comparator.comparing(ReplicaSets::revision))
                .toList();
        for (ObjectNode set : empty.subList(0, Math.max(0, empty.size() - limit))) {
            store.delete(REPLICA_SET, Meta.namespace(set), Meta.name(set), null, Meta.uid(set));
        }
    }

    private ObjectNode create(ObjectNode deployment, long revision) {
        int collisions = deployment.path("status").path("collisionCount").asInt();
        String hash = Canonical.hash(template(deployment) + (collisions == 0 ? "" : collisions));
        String name = Meta.name(deployment) + "-" + hash;
        ObjectNode set = Meta.object(REPLICA_SET, Meta.namespace(deployment), name);
        JsonNode spec = deployment.path("spec");
        ObjectNode template = spec.path("template").deepCopy();
        template.withObject("/metadata/labels").put(HASH_LABEL, hash);
        set.withObject("/metadata")
                .set("labels", template.path("metadata").path("labels").deepCopy());
        ObjectNode selector = spec.path("selector").deepCopy();
        selector.withObject("/matchLabels").put(HASH_LABEL, hash);
        ObjectNode setSpec = set.putObject("spec");
        setSpec.put("replicas", 0).set("selector", selector);
        setSpec.set("template", template);
        copyField(deployment, set, "minReadySeconds");
        annotate(deployment, set, revision);
        OwnerReference.controller(DEPLOYMENT, deployment).addTo(set);
        try {
            return store.create(REPLICA_SET, set);
        } catch (ApiException e) {
            if (e.code() == 409 && store.get(REPLICA_SET, Meta.namespace(deployment), name) != null) {
                countCollision(deployment, collisions);
            }
            throw e;
        }
    }

    /** Another template has the same hash: the next attempt makes another name. */
    private void countCollision(ObjectNode deployment, int collisions) {
        store.updateStatus(DEPLOYMENT, Meta.namespace(deployment), Meta.name(deployment), copy -> {
            copy.withObject("/status").put("collisionCount", collisions + 1);
            return copy;
        });
    }

    private static void annotate(ObjectNode deployment, ObjectNode set, long revision) {
        ObjectNode annotations = annotations(set);
        Map<String, String> given = Meta.strings(deployment.path("metadata").path("annotations"));
        given.forEach((key, value) -> {
            if (!key.startsWith("deployment.kubernetes.io/")
                    && !key.equals("kubectl.kubernetes.io/last-applied-configuration")) {
                annotations.put(key, value);
            }
        });
        long before = revision(set);
        if (before < revision) {
            if (before > 0) {
                String history = annotations.path(REVISION_HISTORY).asText();
                annotations.put(REVISION_HISTORY, history.isEmpty() ? "" + before : history + "," + before);
            }
            annotations.put(REVISION, Long.toString(revision));
        }
        noteSizes(deployment, set);
    }

    private static void noteSizes(ObjectNode deployment, ObjectNode set) {
        RollingUpdate rolling = RollingUpdate.of(deployment);
        annotations(set)
                .put(DESIRED, Integer.toString(rolling.replicas()))
                .put(MAXIMUM, Integer.toString(rolling.replicas() + rolling.maxSurge()));
    }

    private static ObjectNode annotations(ObjectNode object) {
        return object.withObject("/metadata").withObject("/annotations");
    }

    private static void copyField(ObjectNode from, ObjectNode to, String field) {
        if (from.path("spec").hasNonNull(field)) {
            to.withObject("/spec").set(field, from.path("spec").get(field));
        }
    }

    /** The pod template without its hash label, as comparable text. */
    private static String template(ObjectNode workload) {
        ObjectNode template = workload.path("spec").path("template").deepCopy();
        if (template.path("metadata").path("labels") instanceof ObjectNode labels) {
            labels.remove(HASH_LABEL);
        }
        return Canonical.text(template);
    }
}
