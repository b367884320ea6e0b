package io.periplus.lab.apiserver.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgesTest {
    @ParameterizedTest
    @CsvSource({
        "45, 45s",
        "119, 119s",
        "120, 2m",
        "200, 3m20s",
        "720, 12m",
        "10800, 3h",
        "18180, 5h3m",
        "90000, 25h",
        "183600, 2d3h",
        "864000, 10d"
    })
    void agesAreShortAndRoundedLikeThoseOfKubectl(long seconds, String shown) {
        assertThat(Ages.human(Duration.ofSeconds(seconds))).isEqualTo(shown);
    }

    @Test
    void printerColumnsFindTheirValues() throws Exception {
        var object = new ObjectMapper()
                .readTree("{\"spec\":{\"hosts\":[\"a\",\"b\"]},\"status\":{\"conditions\":[{\"type\":\"A\",\"status\":"
                        + "\"no\"},{\"type\":\"Ready\",\"status\":\"True\"}]},\"metadata\":{\"labels\":"
                        + "{\"x.y/z\":\"v\"}}}");
        assertThat(JsonPaths.find(".status.conditions[?(@.type==\"Ready\")].status", object)
                        .toString())
                .isEqualTo("[\"True\"]");
        assertThat(JsonPaths.find(".spec.hosts[*]", object)).hasSize(2);
        assertThat(JsonPaths.find(".spec.hosts[1]", object).toString()).isEqualTo("[\"b\"]");
        assertThat(JsonPaths.find(".metadata.labels.x\\.y/z", object).toString())
                .isEqualTo("[\"v\"]");
        assertThat(JsonPaths.find(".spec.nothing", object)).isEmpty();
    }
}
