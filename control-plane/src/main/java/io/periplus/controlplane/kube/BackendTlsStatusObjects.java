package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.PolicyAncestorStatus;
import io.periplus.model.route.RouteStatus;
import io.periplus.model.traffic.BackendTlsStatus;
import java.util.List;
import java.util.Map;

/**
 * The status of BackendTLSPolicies in the API server. As with routes, its list belongs to several controllers and cannot be
 * merged by the API server: it is read, changed and written back for exactly the version that was read.
 */
public final class BackendTlsStatusObjects {
    private static final int ANCESTORS_MAX = 16;

    private final SharedStatus shared;

    public BackendTlsStatusObjects(KubernetesClient client) {
        this.shared = new SharedStatus(client, "ancestors");
    }

    /**
     * Brings our entries into the wanted state and leaves the others as they are.
     *
     * @param now RFC 3339, whole seconds
     */
    public void write(BackendTlsStatus status, String now) {
        shared.write(
                Kinds.BACKEND_TLS_POLICY,
                status.key(),
                found -> {
                    BackendTlsStatus present = new BackendTlsStatus(
                            status.key(), status.wanted(), BackendTlsPolicyInputs.ancestors(found));
                    return present.current()
                            ? null
                            : present.wanted().stream()
                                    .map(wanted -> entry(wanted, present, now))
                                    .toList();
                },
                ANCESTORS_MAX);
    }

    private static Map<String, Object> entry(PolicyAncestorStatus wanted, BackendTlsStatus status, String now) {
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
