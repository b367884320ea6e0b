package io.periplus.cli.analyze.snapshot;

import io.periplus.api.Labels;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Who asks for which waypoint, and whether the waypoint takes it: the rules by which the control plane binds. */
public final class Waypoints {
    /** The kinds to read for this. */
    public static final Set<ObjectKind> KINDS =
            Set.of(ObjectKind.NAMESPACE, ObjectKind.GATEWAY, ObjectKind.SERVICE, ObjectKind.SERVICE_ENTRY);

    /** The class whose Gateways this mesh deploys as waypoints. */
    public static final String CLASS = "istio-waypoint";

    private static final String NONE = "none";

    /**
     * A wish.
     *
     * @param from the object with the label: the one that asks, or its namespace
     */
    public record Wish(String namespace, String name, KubeObject from) {}

    private final Snapshot snapshot;

    public Waypoints(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** What an object in {@code namespace} with these labels asks for, or null. */
    public @Nullable Wish wish(KubeObject object, Map<String, String> labels) {
        if (labels.containsKey(Labels.GATEWAY_MANAGED)) {
            return null;
        }
        if (labels.containsKey(Labels.USE_WAYPOINT)) {
            return parse(labels, object, object.namespace());
        }
        KubeObject namespace = snapshot.find(ObjectKind.NAMESPACE, "", object.namespace());
        return namespace == null ? null : parse(namespace.labels(), namespace, object.namespace());
    }

    private static @Nullable Wish parse(Map<String, String> labels, KubeObject from, String namespace) {
        String name = labels.getOrDefault(Labels.USE_WAYPOINT, "");
        return name.isEmpty() || name.equals(NONE)
                ? null
                : new Wish(labels.getOrDefault(Labels.USE_WAYPOINT_NAMESPACE, namespace), name, from);
    }

    /** The waypoint of a Service or ServiceEntry, ready or not; null if none fronts it. */
    public @Nullable KubeObject ofService(KubeObject service) {
        Wish wish = wish(service, service.labels());
        KubeObject gateway = wish == null ? null : snapshot.find(ObjectKind.GATEWAY, wish.namespace(), wish.name());
        return gateway != null && takes(gateway, "service") ? gateway : null;
    }

    /** The waypoint of a workload itself, not of its Services; null if none fronts it. */
    public @Nullable KubeObject ofWorkload(Workload workload) {
        Wish wish = wish(workload.object(), workload.labels());
        KubeObject gateway = wish == null ? null : snapshot.find(ObjectKind.GATEWAY, wish.namespace(), wish.name());
        return gateway != null && takes(gateway, "workload") ? gateway : null;
    }

    /** The Services of the workload's namespace that select it. */
    public List<KubeObject> servicesOf(Workload workload) {
        return snapshot.in(ObjectKind.SERVICE, workload.namespace())
                .filter(service -> {
                    Map<String, String> selector = KubeObject.texts(service.at("/spec/selector"));
                    return !selector.isEmpty() && workload.matches(selector);
                })
                .toList();
    }

    /** The ServiceEntries of the workload's namespace that select it. */
    public List<KubeObject> entriesOf(Workload workload) {
        return snapshot.in(ObjectKind.SERVICE_ENTRY, workload.namespace())
                .filter(entry -> {
                    Map<String, String> selector = KubeObject.texts(entry.at("/spec/workloadSelector/labels"));
                    return !selector.isEmpty() && workload.matches(selector);
                })
                .toList();
    }

    /** Whether some waypoint fronts the workload, or one of its Services or ServiceEntries. */
    public boolean isFronted(Workload workload) {
        return ofWorkload(workload) != null
                || Stream.concat(servicesOf(workload).stream(), entriesOf(workload).stream())
                        .anyMatch(service -> ofService(service) != null);
    }

    /** What may be bound to a waypoint: {@code service}, {@code workload}, {@code all} or {@code none}. */
    public String traffic(KubeObject gateway) {
        String own = gateway.label(Labels.WAYPOINT_FOR);
        if (!own.isEmpty()) {
            return own;
        }
        KubeObject type = snapshot.find(ObjectKind.GATEWAY_CLASS, "", gateway.text("/spec/gatewayClassName"));
        String ofClass = type == null ? "" : type.label(Labels.WAYPOINT_FOR);
        return ofClass.isEmpty() ? "service" : ofClass;
    }

    private boolean takes(KubeObject gateway, String what) {
        String traffic = traffic(gateway);
        return traffic.equals("all") || traffic.equals(what);
    }
}
