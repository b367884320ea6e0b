package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.PolicyAncestorStatus;
import io.periplus.model.route.RouteStatus;
import io.periplus.model.traffic.BackendTlsStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The status of BackendTLSPolicies in the API server. As with routes, its list belongs to several controllers and cannot be
 * merged by the API server: it is read, changed and written back for exactly the version that was read.
 */
public final class BackendTlsStatusObjects {
    private static final int ANCESTORS_MAX = 16;

    private final KubernetesClient client;

    public BackendTlsStatusObjects(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Brings our entries into the wanted state and leaves the others as they are.
     *
     * @param now RFC 3339, whole seconds
     */
    public void write(BackendTlsStatus status, String now) {
        Resource<GenericKubernetesResource> resource = client.genericKubernetesResources(Kinds.BACKEND_TLS_POLICY)
                .inNamespace(status.key().namespace())
                .withName(status.key().name());
        GenericKubernetesResource found = resource.get();
        if (found == null) {
            return;
        }
        BackendTlsStatus present =
                new BackendTlsStatus(status.key(), status.wanted(), BackendTlsPolicyInputs.ancestors(found));
        if (present.current()) {
            return;
        }
        Map<String, Object> patch = Map.of(
                "metadata",
                Map.of("resourceVersion", found.getMetadata().getResourceVersion()),
                "status",
                Map.of("ancestors", ancestors(found, present, now)));
        resource.subresource("status")
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .build(),
                        client.getKubernetesSerialization().asJson(patch));
    }

    private static List<Object> ancestors(GenericKubernetesResource found, BackendTlsStatus status, String now) {
        List<Object> ancestors = new ArrayList<>();
        if (Inputs.body(found).at("status").fields().get("ancestors") instanceof List<?> entries) {
            for (Object entry : entries) {
                if (!Tree.of(entry).text("controllerName").equals(RouteStatus.CONTROLLER)) {
                    ancestors.add(entry);
                }
            }
        }
        for (PolicyAncestorStatus wanted : status.wanted()) {
            if (ancestors.size() < ANCESTORS_MAX) {
                ancestors.add(ancestor(wanted, status, now));
            }
        }
        return ancestors;
    }

    private static Map<String, Object> ancestor(PolicyAncestorStatus wanted, BackendTlsStatus status, String now) {
        List<ConditionInput> written = status.written().stream()
                .filter(entry -> entry.gateway().equals(wanted.gateway()))
                .findFirst()
                .map(PolicyAncestorStatus::conditions)
                .orElse(List.of());
        return Map.of(
                "ancestorRef",
                Map.of(
                        "group",
                        "gateway.networking.k8s.io",
                        "kind",
                        "Gateway",
                        "namespace",
                        wanted.gateway().namespace(),
                        "name",
                        wanted.gateway().name()),
                "controllerName",
                RouteStatus.CONTROLLER,
                "conditions",
                wanted.conditions().stream()
                        .map(condition -> Conditions.write(condition, written, now))
                        .toList());
    }
}
