package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.periplus.model.input.RouteInput.ParentRef;
import io.periplus.model.input.RouteParentStatus;
import io.periplus.model.route.RouteStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The status of routes in the API server. Its list of parents belongs to several controllers and is one value to the API server,
 * which therefore cannot merge it: it is read, changed and written back for exactly the version that was read.
 */
public final class RouteStatusObjects {
    private final SharedStatus shared;

    public RouteStatusObjects(KubernetesClient client) {
        this.shared = new SharedStatus(client, "parents");
    }

    /**
     * Brings our entries into the wanted state and leaves the others as they are. Nothing is written when they are in that
     * state, or when the route has changed since: then another status will be wanted.
     *
     * @param now RFC 3339, whole seconds
     */
    public void write(ResourceDefinitionContext kind, RouteStatus status, String now) {
        shared.write(
                kind,
                status.key().name(),
                found -> {
                    RouteStatus present = new RouteStatus(status.key(), status.wanted(), RouteInputs.status(found));
                    return present.current()
                            ? null
                            : present.wanted().stream()
                                    .map(wanted -> entry(wanted, present, now))
                                    .toList();
                },
                Integer.MAX_VALUE);
    }

    private static Map<String, Object> entry(RouteParentStatus wanted, RouteStatus status, String now) {
        var written = status.written().stream()
                .filter(entry -> entry.parentRef().sameAs(wanted.parentRef()))
                .findFirst()
                .map(RouteParentStatus::conditions)
                .orElse(List.of());
        return Map.of(
                "parentRef",
                parentRef(wanted.parentRef()),
                "controllerName",
                RouteStatus.CONTROLLER,
                "conditions",
                wanted.conditions().stream()
                        .map(condition -> Conditions.write(condition, written, now))
                        .toList());
    }

    private static Map<String, Object> parentRef(ParentRef ref) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "group", ref.group());
        put(fields, "kind", ref.kind());
        put(fields, "namespace", ref.namespace());
        put(fields, "name", ref.name());
        put(fields, "sectionName", ref.sectionName());
        put(fields, "port", ref.port());
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}
