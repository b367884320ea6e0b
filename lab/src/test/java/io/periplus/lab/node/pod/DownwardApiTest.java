package io.periplus.lab.node.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownwardApiTest {
    @ParameterizedTest
    @CsvSource({
        "100m, 1m, 100",
        "100m, '', 1",
        "64Mi, '', 67108864",
        "64Mi, 1Mi, 64",
        "1500k, 1k, 1500",
        "1e3, '', 1000",
        "2, 1m, 2000",
        "1Gi, 1M, 1074",
    })
    void resourcesAreCountedInTheDivisorAndRoundedUp(String limit, String divisor, String expected) {
        ObjectNode container = Json.object();
        container.putObject("resources").putObject("limits").put("memory", limit);
        assertThat(DownwardApi.resource(container, "limits.memory", divisor)).isEqualTo(expected);
    }

    @Test
    void fieldsComeFromThePodAndItsNode() {
        ObjectNode pod = Json.object();
        pod.putObject("metadata")
                .put("name", "p")
                .putObject("labels")
                .put("b", "\"2\"")
                .put("a", "1");
        PodFacts facts = new PodFacts(pod, "10.1.1.2", "10.1.0.1");
        assertThat(DownwardApi.field(facts, "metadata.name")).isEqualTo("p");
        assertThat(DownwardApi.field(facts, "metadata.labels['a']")).isEqualTo("1");
        assertThat(DownwardApi.field(facts, "metadata.labels")).isEqualTo("a=\"1\"\nb=\"\\\"2\\\"\"");
        assertThat(DownwardApi.field(facts, "status.podIP")).isEqualTo("10.1.1.2");
        assertThat(DownwardApi.field(facts, "status.hostIP")).isEqualTo("10.1.0.1");
        assertThatThrownBy(() -> DownwardApi.field(facts, "spec.containers")).hasMessageContaining("spec.containers");
    }
}
