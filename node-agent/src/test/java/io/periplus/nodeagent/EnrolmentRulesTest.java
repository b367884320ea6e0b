package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
        assertThat(rules.wants(pod(namespace, podLabel, false), labels(namespaceLabel)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"ambient", "''"})
    void podsOfTheHostNetworkAreNeverEnrolled(String podLabel) {
        assertThat(rules.wants(pod("shop", podLabel, true), labels("ambient"))).isFalse();
    }

    private static NodePod pod(String namespace, String label, boolean hostNetwork) {
        return new NodePod(
                "uid", namespace, "pod", labels(label), Map.of(), "default", hostNetwork, "Running", false, List.of());
    }

    private static Map<String, String> labels(String mode) {
        return mode.isEmpty() ? Map.of() : Map.of("istio.io/dataplane-mode", mode);
    }
}
