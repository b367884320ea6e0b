package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnrolmentRulesTest {
    private final EnrolmentRules rules = new EnrolmentRules(Set.of("kube-system"), EnrolmentSelector.DEFAULT);

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

    @ParameterizedTest(name = "namespace labelled {0}, pod labelled {1}: enrolled is {2}")
    @CsvSource({"blue, '', true", "'', ambient, false", "blue, none, false", "green, '', false", "red, x, true"})
    void otherSelectorsTakeThePlaceOfTheseLabels(String namespaceLabel, String podLabel, boolean expected) {
        EnrolmentRules others = new EnrolmentRules(Set.of(), EnrolmentSelector.parse("""
                - podSelector:
                    matchExpressions: [{key: istio.io/dataplane-mode, operator: DoesNotExist}]
                  namespaceSelector: {matchLabels: {istio.io/dataplane-mode: blue}}
                - podSelector:
                    matchExpressions: [{key: istio.io/dataplane-mode, operator: In, values: [x, y]}]
                  namespaceSelector:
                    matchExpressions: [{key: istio.io/dataplane-mode, operator: Exists}]
                """));
        assertThat(others.wants(pod("shop", podLabel, false), labels(namespaceLabel)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                       | expected: a list
            [{pods: {}}]                                             | expected: podSelector and namespaceSelector
            [{podSelector: {labels: {}}}]                            | expected: matchLabels or matchExpressions
            [{podSelector: {matchExpressions: [{key: a}]}}]          | expected: key and operator
            [{podSelector: {matchLabels: [a]}}]                      | expected: a mapping
            """)
    void aSelectorThatCannotBeUsedSaysWhatIsExpected(String yaml, String message) {
        assertThatThrownBy(() -> EnrolmentSelector.parse(yaml))
                .hasMessageStartingWith("AMBIENT_ENABLEMENT_SELECTOR: ")
                .hasMessageContaining(message);
    }

    private static NodePod pod(String namespace, String label, boolean hostNetwork) {
        return new NodePod(
                "uid", namespace, "pod", labels(label), Map.of(), "default", hostNetwork, "Running", false, List.of());
    }

    private static Map<String, String> labels(String mode) {
        return mode.isEmpty() ? Map.of() : Map.of("istio.io/dataplane-mode", mode);
    }
}
