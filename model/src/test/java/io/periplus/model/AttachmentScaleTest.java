package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.ServiceInput.ServicePort;
import io.periplus.model.workload.Attachment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ten thousand pods and two thousand Services in one namespace: what a change of one Service costs. */
class AttachmentScaleTest {
    private static final int PODS = 10_000;
    private static final int SERVICES = 2_000;

    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));
    private final Set<String> backing = new TreeSet<>();

    @BeforeEach
    void fill() {
        Objects.namespace(index, "shop", Map.of());
        for (int i = 0; i < SERVICES; i++) {
            put("app-" + i, 80, "app-" + i);
        }
        for (int i = 0; i < PODS; i++) {
            String app = "app-" + i % SERVICES;
            Objects.pod(index, "shop/pod-" + i, Map.of("app", app, "pod-template-hash", "hash-" + i % SERVICES));
            if (app.equals("app-321")) {
                backing.add("pod-" + i);
            }
        }
        index.graph().settle();
        assertThat(index.attachments.get(Objects.name("shop/pod-321")).services())
                .containsExactly(Objects.name("shop/app-321"));
    }

    @Test
    void aChangeOfOneServiceDerivesAgainOnlyThePodsItIsAbout() {
        assertThat(derivedAgain(() -> put("app-321", 81, "app-321"))).isEmpty();
        assertThat(index.podWorkloads
                        .get(Objects.name("shop/pod-321"))
                        .forZtunnel()
                        .getServicesMap()
                        .get("shop/app-321.shop.svc.cluster.local")
                        .getPorts(0)
                        .getServicePort())
                .isEqualTo(81);

        assertThat(derivedAgain(() -> put("second", 80, "app-321"))).isEqualTo(backing);
        assertThat(index.attachments.get(Objects.name("shop/pod-321")).services())
                .containsExactly(Objects.name("shop/app-321"), Objects.name("shop/second"));
        assertThat(derivedAgain(() -> index.watched.services.remove(Objects.name("shop/second"))))
                .isEqualTo(backing);
    }

    /** The pods whose attachments a change derives again: what is derived again is another object, even if equal. */
    private Set<String> derivedAgain(Runnable change) {
        Map<NamespacedName, Attachment> before = new HashMap<>(index.attachments.entries());
        change.run();
        index.graph().settle();
        Set<String> pods = new TreeSet<>();
        index.attachments.entries().forEach((pod, attachment) -> {
            if (before.get(pod) != attachment) {
                pods.add(pod.name());
            }
        });
        return pods;
    }

    private void put(String name, int port, String app) {
        ServiceInput service = Objects.service("shop/" + name, Map.of(), Map.of("app", app));
        index.watched.services.put(
                service.key(),
                new ServiceInput(
                        service.key(),
                        service.uid(),
                        service.created(),
                        service.labels(),
                        service.annotations(),
                        service.type(),
                        service.clusterIps(),
                        service.externalAddresses(),
                        service.ipFamilies(),
                        List.of(new ServicePort("http", port, "TCP", null, "http", 0)),
                        service.selector(),
                        service.publishNotReadyAddresses(),
                        service.internalTrafficPolicy(),
                        service.trafficDistribution(),
                        service.conditions()));
    }
}
