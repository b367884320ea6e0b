package io.periplus.lab.node.pod;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTest {
    @ParameterizedTest
    @CsvSource({
        "plain, plain",
        "$(A), one",
        "x$(A)y$(B)z, xoneytwoz",
        "$$(A), $(A)",
        "$$$(A), $one",
        "$(NOBODY), $(NOBODY)",
        "$(A, $(A",
        "$A, $A",
        "end$, end$",
        "$$, $",
    })
    void knownVariablesAreReplacedAndTheRestIsLeft(String text, String expected) {
        assertThat(Expansion.expand(text, Map.of("A", "one", "B", "two"))).isEqualTo(expected);
    }
}
