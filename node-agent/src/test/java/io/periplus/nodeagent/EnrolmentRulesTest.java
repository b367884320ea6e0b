package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnrolmentRulesTest {
    private final EnrolmentRules rules = new EnrolmentRules(Set.of("kube-system"));

    @ParameterizedTest(name = "namespace {0} labelled {1}, pod labelled {2}: enrolled is {3}")
    @CsvSource({
        "shop, ambient, '', true",
        "shop, '', '', false",
        "shop, ambient, none, false",
        "shop, '', ambient, true",
        "shop, none, ambient, true",
        "kube-system, ambient, ambient, false",
    })
    void thePodsLabelBeatsItsNamespaces(String namespace, String namespaceLabel, String podLabel, boolean expected) {
        assertThat(rules.wants(pod(namespace, podLabel, false), namespace(namespace, namespaceLabel)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"ambient", "''"})
    void podsOfTheHostNetworkAreNeverEnrolled(String podLabel) {
        assertThat(rules.wants(pod("shop", podLabel, true), namespace("shop", "ambient"))).isFalse();
    }

    private static Pod pod(String namespace, String label, boolean hostNetwork) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("pod")
                .withNamespace(namespace)
                .withLabels(label.isEmpty() ? Map.of() : Map.of("istio.io/dataplane-mode", label))
                .endMetadata()
                .withNewSpec()
                .withHostNetwork(hostNetwork)
                .endSpec()
                .build();
    }

    private static Namespace namespace(String name, String label) {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(label.isEmpty() ? Map.of() : Map.of("istio.io/dataplane-mode", label))
                .endMetadata()
                .build();
    }
}
