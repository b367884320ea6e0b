package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.DAEMON_SET;
import static io.periplus.lab.store.ResourceType.NODE;
import static io.periplus.lab.store.ResourceType.POD;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one pod of a template on every node that suits it, and replaces them node by node when the template changes: the
 * new one beside the old one where {@code maxSurge} allows it, otherwise after it.
 */
final class DaemonSetController implements Controller<Key> {
    static final String REVISION_LABEL = "controller-revision-hash";
    /** A pod that failed is replaced, but not in a tight circle. */
    private static final Duration REPLACE_FAILED = Duration.ofSeconds(1);
    /** What a daemon has to bear, because it belongs to its node. */
    private static final Map<String, String> TOLERATED = Map.of(
            "node.kubernetes.io/not-ready", "NoExecute",
            "node.kubernetes.io/unreachable", "NoExecute",
            "node.kubernetes.io/disk-pressure", "NoSchedule",
            "node.kubernetes.io/memory-pressure", "NoSchedule",
            "node.kubernetes.io/pid-pressure", "NoSchedule",
            "node.kubernetes.io/unschedulable", "NoSchedule");

    private final ObjectStore store;
    private final EventRecorder events;
    private final Revisions revisions;

    /** One node on which the daemon should run, and its pods there, oldest first. */
    private record Place(String node, List<ObjectNode> pods) {}

    DaemonSetController(ObjectStore store, EventRecorder events) {
        this.store = store;
        this.events = events;
        this.revisions = new Revisions(store, DAEMON_SET);
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(DAEMON_SET, set -> List.of(Key.of(set)));
        watches.on(POD, pod -> Ownership.keysFor(store, DAEMON_SET, pod));
        watches.on(
                NODE, node -> store.list(DAEMON_SET, null).stream().map(Key::of).toList());
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode set = store.get(DAEMON_SET, key.namespace(), key.name());
        if (set == null || Meta.deleting(set)) {
            return null;
        }
        revisions.record(set);
        String revision = Revisions.hash(set);
        Map<String, List<ObjectNode>> byNode = podsByNode(set);
        JsonNode podSpec = withTolerations(set).path("spec");
        List<Place> places = new ArrayList<>();
        for (ObjectNode node : store.list(NODE, null)) {
            if (Placement.obstacle(podSpec, node) == null) {
                List<ObjectNode> pods = byNode.remove(Meta.name(node));
                places.add(new Place(Meta.name(node), pods == null ? List.of() : pods));
            }
        }
        int misscheduled =
                (int) byNode.values().stream().filter(pods -> !pods.isEmpty()).count();
        byNode.values().forEach(pods -> pods.forEach(pod -> delete(set, pod)));
        boolean failed = place(set, places, revision);
        int surge = surge(set, places);
        if (surge > 0) {
            replaceBeside(set, places, revision, surge);
        } else {
            replaceOutdated(set, places, revision);
        }
        boolean waiting = report(set, revision, places, misscheduled);
        return failed || waiting ? REPLACE_FAILED : null;
    }

    private Map<String, List<ObjectNode>> podsByNode(ObjectNode set) {
        Selector selector = Selector.of(set.path("spec").path("selector"));
        var byNode = new HashMap<String, List<ObjectNode>>();
        Ownership.claim(store, DAEMON_SET, set, POD, selector).stream()
                .sorted(Comparator.comparing(Meta::created))
                .forEach(pod -> byNode.computeIfAbsent(targetNode(pod), n -> new ArrayList<>())
                        .add(pod));
        return byNode;
    }

    /** Makes missing pods, removes surplus and failed ones; says whether any had failed. */
    private boolean place(ObjectNode set, List<Place> places, String revision) {
        boolean failed = false;
        for (Place place : places) {
            if (place.pods().isEmpty()) {
                create(set, place.node(), revision);
            }
            Set<Boolean> kept = new HashSet<>();
            boolean surges = surge(set, places) > 0;
            for (ObjectNode pod : place.pods()) {
                // While a pod is replaced by one beside it, a node has one of each revision.
                boolean outdated = surges && !revision.equals(revisionOf(pod));
                if (Pods.finished(pod) && !Meta.deleting(pod)) {
                    events.warning(
                            DAEMON_SET,
                            set,
                            "FailedDaemonPod",
                            "Found failed daemon pod %s on node %s, will try to kill it"
                                    .formatted(Meta.namespace(pod) + "/" + Meta.name(pod), place.node()));
                    delete(set, pod);
                    failed = true;
                } else if (Pods.active(pod) && !kept.add(outdated)) {
                    delete(set, pod);
                }
            }
        }
        return failed;
    }

    /** A rolling update: no more nodes than {@code maxUnavailable} are without an available pod at a time. */
    private void replaceOutdated(ObjectNode set, List<Place> places, String revision) {
        JsonNode strategy = set.path("spec").path("updateStrategy");
        if (strategy.path("type").asText("RollingUpdate").equals("OnDelete")) {
            return;
        }
        int budget = Math.max(
                1,
                RollingUpdate.count(strategy.path("rollingUpdate").path("maxUnavailable"), "1", places.size(), true));
        List<ObjectNode> outdated = new ArrayList<>();
        for (Place place : places) {
            ObjectNode available = available(set, place);
            if (available == null) {
                budget--;
                place.pods().stream()
                        .filter(pod -> Pods.active(pod) && !revision.equals(revisionOf(pod)))
                        .forEach(pod -> delete(set, pod));
            } else if (!revision.equals(revisionOf(available))) {
                outdated.add(available);
            }
        }
        outdated.stream().limit(Math.max(0, budget)).forEach(pod -> delete(set, pod));
    }

    /** How many nodes may have two pods for a while; 0 where old pods go first. */
    private static int surge(ObjectNode set, List<Place> places) {
        JsonNode strategy = set.path("spec").path("updateStrategy");
        return strategy.path("type").asText("RollingUpdate").equals("OnDelete")
                ? 0
                : RollingUpdate.count(strategy.path("rollingUpdate").path("maxSurge"), "0", places.size(), true);
    }

    /** A rolling update that makes the new pod first; the old one goes once the new one is available. */
    private void replaceBeside(ObjectNode set, List<Place> places, String revision, int surge) {
        int budget = surge;
        List<Place> outdated = new ArrayList<>();
        for (Place place : places) {
            ObjectNode old = activeOf(place, pod -> !revision.equals(revisionOf(pod)));
            ObjectNode current = activeOf(place, pod -> revision.equals(revisionOf(pod)));
            if (old == null) {
                continue;
            }
            if (current == null) {
                outdated.add(place);
            } else if (isAvailable(set, current)) {
                delete(set, old);
            } else {
                budget--;
            }
        }
        for (Place place : outdated.subList(0, Math.clamp(budget, 0, outdated.size()))) {
            create(set, place.node(), revision);
        }
    }

    private static @Nullable ObjectNode activeOf(Place place, Predicate<ObjectNode> which) {
        return place.pods().stream()
                .filter(Pods::active)
                .filter(which)
                .findFirst()
                .orElse(null);
    }

    private boolean report(ObjectNode set, String revision, List<Place> places, int misscheduled) {
        int current = (int) places.stream().filter(p -> !p.pods().isEmpty()).count();
        int ready = (int) places.stream()
                .filter(p -> p.pods().stream().anyMatch(pod -> Pods.active(pod) && Pods.ready(pod)))
                .count();
        int updated = (int) places.stream()
                .filter(p -> p.pods().stream().anyMatch(pod -> Pods.active(pod) && revision.equals(revisionOf(pod))))
                .count();
        int available =
                (int) places.stream().filter(p -> available(set, p) != null).count();
        store.updateStatus(DAEMON_SET, Meta.namespace(set), Meta.name(set), copy -> {
            ObjectNode status = copy.withObject("/status");
            status.put("currentNumberScheduled", current);
            status.put("numberMisscheduled", misscheduled);
            status.put("desiredNumberScheduled", places.size());
            status.put("numberReady", ready);
            status.put("observedGeneration", Meta.generation(set));
            Meta.putCount(status, "updatedNumberScheduled", updated);
            Meta.putCount(status, "numberAvailable", available);
            Meta.putCount(status, "numberUnavailable", places.size() - available);
            return copy;
        });
        return ready > available;
    }

    private @Nullable ObjectNode available(ObjectNode set, Place place) {
        return activeOf(place, pod -> isAvailable(set, pod));
    }

    private boolean isAvailable(ObjectNode set, ObjectNode pod) {
        Duration minReady =
                Duration.ofSeconds(set.path("spec").path("minReadySeconds").asLong());
        return Pods.available(pod, minReady, events.now());
    }

    private static @Nullable String revisionOf(ObjectNode pod) {
        return Meta.labels(pod).get(REVISION_LABEL);
    }

    private void create(ObjectNode set, String node, String revision) {
        ObjectNode pod = Pods.fromTemplate(withTolerations(set), DAEMON_SET, set);
        pod.withObject("/metadata").put("generateName", Meta.name(set) + "-");
        pod.withObject("/metadata/labels").put(REVISION_LABEL, revision);
        pod.withObject("/metadata/labels").put("pod-template-generation", Long.toString(Meta.generation(set)));
        ObjectNode affinity = pod.withObject("/spec/affinity/nodeAffinity");
        ArrayNode terms = affinity.putObject("requiredDuringSchedulingIgnoredDuringExecution")
                .putArray("nodeSelectorTerms");
        ObjectNode field = terms.addObject().putArray("matchFields").addObject();
        field.put("key", "metadata.name")
                .put("operator", "In")
                .putArray("values")
                .add(node);
        ObjectNode created = store.create(POD, pod);
        events.normal(DAEMON_SET, set, "SuccessfulCreate", "Created pod: " + Meta.name(created));
    }

    private void delete(ObjectNode set, ObjectNode pod) {
        if (!Meta.deleting(pod)) {
            store.delete(POD, Meta.namespace(pod), Meta.name(pod), null, Meta.uid(pod));
            events.normal(DAEMON_SET, set, "SuccessfulDelete", "Deleted pod: " + Meta.name(pod));
        }
    }

    /** The node a daemon pod runs on or was made for. */
    private static String targetNode(ObjectNode pod) {
        if (Pods.scheduled(pod)) {
            return pod.path("spec").path("nodeName").asText();
        }
        return pod.at("/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution"
                        + "/nodeSelectorTerms/0/matchFields/0/values/0")
                .asText();
    }

    private static ObjectNode withTolerations(ObjectNode set) {
        ObjectNode template = set.path("spec").path("template").deepCopy();
        ObjectNode spec = template.withObject("/spec");
        ArrayNode tolerations = spec.path("tolerations").isArray()
                ? spec.withArray("tolerations")
                : JsonNodeFactory.instance.arrayNode();
        TOLERATED.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(e -> tolerations
                        .addObject()
                        .put("key", e.getKey())
                        .put("operator", "Exists")
                        .put("effect", e.getValue()));
        if (spec.path("hostNetwork").asBoolean()) {
            tolerations
                    .addObject()
                    .put("key", "node.kubernetes.io/network-unavailable")
                    .put("operator", "Exists")
                    .put("effect", "NoSchedule");
        }
        spec.set("tolerations", tolerations);
        return template;
    }
}
