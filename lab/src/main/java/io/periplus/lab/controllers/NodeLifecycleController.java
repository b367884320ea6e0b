package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.LEASE;
import static io.periplus.lab.store.ResourceType.NODE;
import static io.periplus.lab.store.ResourceType.POD;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Notices when a kubelet no longer renews its node's Lease, and says so: the node's conditions become Unknown, its pods are not
 * ready any more, and taints keep new pods away and let old ones be evicted.
 *
 * <pre>
 *   Ready=True ──no renewal for the grace──► Ready=Unknown, unreachable ──a heartbeat──► Ready=True
 * </pre>
 *
 * A Node without a Lease is somebody's else and stays as it is.
 */
final class NodeLifecycleController implements Controller<Key> {
    /** The reason in a pod's condition, by which a kubelet that lives after all knows that it has to speak up. */
    static final String NOT_READY = "NodeNotReady";

    /** How long a silence beyond the grace has to last. */
    private static final Duration CONFIRM = Duration.ofSeconds(1);

    static final String LEASES = "kube-node-lease";
    private static final String PREFIX = "node.kubernetes.io/";

    private final ObjectStore store;
    private final EventRecorder events;
    private final Duration grace;
    private final Map<String, Heard> heard = new ConcurrentHashMap<>();
    /** Since when a silence waits to be confirmed. */
    private final Map<String, Long> suspected = new ConcurrentHashMap<>();

    /**
     * When a Lease was seen to change, on this controller's own clock, so that it does not matter how long the lab was down.
     *
     * @param alive whether it has changed since this controller began
     */
    private record Heard(String renewTime, long nanos, boolean alive) {
        Heard update(String now) {
            return now.equals(renewTime) ? this : new Heard(now, System.nanoTime(), true);
        }
    }

    /** @param grace how long a kubelet may be silent */
    NodeLifecycleController(ObjectStore store, EventRecorder events, Duration grace) {
        this.store = store;
        this.events = events;
        this.grace = grace;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(NODE, node -> List.of(Key.of(node)));
        watches.on(
                LEASE,
                lease -> LEASES.equals(Meta.namespace(lease)) ? List.of(new Key(null, Meta.name(lease))) : List.of());
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode node = store.get(NODE, null, key.name());
        ObjectNode lease = store.get(LEASE, LEASES, key.name());
        if (node == null || lease == null) {
            heard.remove(key.name());
            suspected.remove(key.name());
            return null;
        }
        String renewTime = lease.path("spec").path("renewTime").asText();
        Heard last = heard.compute(
                key.name(),
                (name, before) ->
                        before == null ? new Heard(renewTime, System.nanoTime(), false) : before.update(renewTime));
        Duration left = grace.minusNanos(System.nanoTime() - last.nanos());
        if (left.isPositive()) {
            suspected.remove(key.name());
            if (last.alive()) {
                taint(node);
            }
            return left;
        }
        if (!ready(node).equals("Unknown")) {
            if (!isConfirmed(key.name())) {
                return CONFIRM;
            }
            silent(node);
        }
        taint(store.get(NODE, null, key.name()));
        return null;
    }

    /**
     * Whether the silence was noticed a moment ago and lasts. After a time in which this process stood still (the kubelets with
     * it) all Leases are late, and a moment is enough for those who live to renew theirs.
     */
    private boolean isConfirmed(String name) {
        long now = System.nanoTime();
        Long since = suspected.get(name);
        long nanos = since == null ? -1 : now - since;
        if (nanos >= CONFIRM.toNanos() && nanos < 2 * CONFIRM.toNanos()) {
            suspected.remove(name);
            return true;
        }
        if (since == null || nanos >= CONFIRM.toNanos()) {
            suspected.put(name, now);
        }
        return false;
    }

    private static String ready(JsonNode node) {
        JsonNode condition = Conditions.find(node, "Ready");
        return condition == null ? "" : condition.path("status").asText();
    }

    private void silent(ObjectNode node) {
        String name = Meta.name(node);
        String now = Meta.time(events.now());
        store.updateStatus(NODE, null, name, copy -> {
            for (JsonNode each : copy.path("status").path("conditions")) {
                ((ObjectNode) each)
                        .put("status", "Unknown")
                        .put("reason", "NodeStatusUnknown")
                        .put("message", "Kubelet stopped posting node status.")
                        .put("lastTransitionTime", now);
            }
            return copy;
        });
        events.normal(NODE, node, NOT_READY, "Node " + name + " status is now: " + NOT_READY);
        for (ObjectNode pod : store.list(POD, null)) {
            if (pod.path("spec").path("nodeName").asText().equals(name) && Pods.ready(pod)) {
                store.updateStatus(POD, Meta.namespace(pod), Meta.name(pod), copy -> {
                    Conditions.set(copy, "Ready", false, NOT_READY, "", events.now());
                    return copy;
                });
                events.warning(POD, pod, NOT_READY, "Node is not ready");
            }
        }
    }

    /** Taints follow the condition: {@code unreachable} for Unknown, {@code not-ready} for False. */
    private void taint(@Nullable ObjectNode node) {
        if (node == null) {
            return;
        }
        String wanted = switch (ready(node)) {
            case "Unknown" -> "unreachable";
            case "False" -> "not-ready";
            default -> "";
        };
        store.update(NODE, null, Meta.name(node), copy -> {
            ObjectNode spec = copy.withObject("/spec");
            ArrayNode taints = spec.withArray("taints");
            for (String each : List.of("unreachable", "not-ready")) {
                for (String effect : List.of("NoSchedule", "NoExecute")) {
                    set(taints, PREFIX + each, effect, each.equals(wanted));
                }
            }
            if (taints.isEmpty()) {
                spec.remove("taints");
            }
            return copy;
        });
    }

    private void set(ArrayNode taints, String key, String effect, boolean wanted) {
        boolean present = Meta.stream(taints).anyMatch(taint -> is(taint, key, effect));
        if (present && !wanted) {
            taints.removeIf(taint -> is(taint, key, effect));
        } else if (!present && wanted) {
            taints.addObject().put("key", key).put("effect", effect).put("timeAdded", Meta.time(events.now()));
        }
    }

    private static boolean is(JsonNode taint, String key, String effect) {
        return taint.path("key").asText().equals(key)
                && taint.path("effect").asText().equals(effect);
    }
}
