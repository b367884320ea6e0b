package io.periplus.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Regular expressions of users, who may be careless or worse. */
class SafePatternTest {
    @Test
    void theWholeValueHasToMatch() {
        SafePattern pattern = SafePattern.compile("/v[0-9]+/.*");
        assertThat(pattern.matches("/v12/x")).isTrue();
        assertThat(pattern.matches("/a/v12/x")).isFalse();
        assertThat(SafePattern.compile("a|ab").matches("ab")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "((a{99}){99}){99}",
                "(a{1000}){1000}",
                "(((a?){30}){30}){30}",
                "a{300}b{300}.*",
                "[^]b[](a{99}){99}]",
                "\\Q[\\E(a{99}){99}]",
                "a{600,}"
            })
    void countsThatMultiplyAreRefused(String regex) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafePattern.compile(regex))
                .withMessageContaining("expands to about");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/[^/]+/items/[0-9]{1,6}",
                "a{400}",
                "\\Qx{\\E.*",
                "\\p{Greek}+",
                "[{]{3}",
                "[\\]{99}]{99}",
                "\\x{1000}+",
                "a{999}b{999}",
                "x{,5}"
            })
    void ordinaryOnesAreNot(String regex) {
        assertThat(SafePattern.compile(regex)).hasToString(regex);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "a**", "(?=a)", "(a)\\1", "[z-a]"})
    void whatRe2DoesNotKnowIsRefused(String regex) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafePattern.compile(regex))
                .withMessageContaining("expected: RE2 syntax");
    }

    @Test
    void tooLongOnesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafePattern.compile("a".repeat(4097)))
                .withMessageContaining("4097 characters");
    }

    @Test
    void aLongListOfNamesIsOne() {
        String names = IntStream.range(0, 150).mapToObj(i -> "tenant-" + i).collect(Collectors.joining("|"));
        assertThat(SafePattern.compile(names).matches("tenant-149")).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafePattern.compile("(" + names + ").*"))
                .withMessageContaining("at most 500");
    }

    @Test
    void theClassicalBlowUpsDoNot() {
        String evil = "a".repeat(SafePattern.VALUE_MAX - 1) + "!";
        assertThat(SafePattern.compile("(a+)+$").matches(evil)).isFalse();
        assertThat(SafePattern.compile("(a|aa)+b").matches(evil)).isFalse();
        assertThat(SafePattern.compile("(.*a){20}").matches(evil)).isFalse();
    }
}
