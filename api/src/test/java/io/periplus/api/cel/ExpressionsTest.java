package io.periplus.api.cel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionsTest {
    private static final Map<String, Object> REQUEST = Map.of(
            Expressions.METHOD,
            "POST",
            Expressions.PATH,
            "/export/big",
            Expressions.HEADERS,
            Map.of("x-tenant", "acme"),
            Expressions.CLAIMS,
            Map.of("groups", List.of("dev", "ops"), "level", 3L),
            Expressions.PORT,
            8080L);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "request.method == 'POST' && request.path.startsWith('/export') | true",
                "request.path.matches('^/exp.*g$') | true",
                "request.headers['x-tenant'] == 'acme' | true",
                "('x-other' in request.headers) | false",
                "request.headers['x-other'] == 'acme' | false",
                "('ops' in request.auth.claims.groups) | true",
                "request.auth.claims.groups.exists(g, g.startsWith('o')) | true",
                "request.auth.claims.level >= 3 | true",
                "has(request.auth.claims.nothing) | false",
                "request.auth.claims.nothing == 'x' | false",
                "destination.port == 8080 | true",
                "source.principal == 'x' | false"
            })
    void aConditionHoldsOrDoesNot(String source, boolean expected) {
        assertThat(Expressions.compile(source, Expressions.Result.CONDITION).holds(REQUEST::get, false))
                .isEqualTo(expected);
    }

    @Test
    void whatCannotBeEvaluatedIsAnsweredAsTheCallerWants() {
        Expression absent = Expressions.compile("request.headers['x-other'] == 'a'", Expressions.Result.CONDITION);
        assertThat(absent.holds(REQUEST::get, true)).isTrue();
        assertThat(absent.holds(REQUEST::get, false)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "request.headers['x-tenant'] + '/' + request.method | acme/POST",
                "request.auth.claims.groups | dev,ops",
                "request.auth.claims.level | 3",
                "request.auth.claims.nothing | ''",
                "request.auth.claims.level > 2 ? 'high' : 'low' | high"
            })
    void aValueIsTextAndEmptyWhereItCannotBeSaid(String source, String expected) {
        assertThat(Expressions.compile(source, Expressions.Result.VALUE).text(REQUEST::get))
                .isEqualTo(expected);
    }

    @Test
    void whatCannotBeCompiledIsSaidWithItsPlace() {
        assertThat(Expressions.problem("request.metod == 'GET'", Expressions.Result.CONDITION))
                .hasValueSatisfying(text -> assertThat(text).contains("column").contains("request"));
        assertThat(Expressions.problem("request.method", Expressions.Result.CONDITION))
                .hasValueSatisfying(text -> assertThat(text).contains("gives string (expected: a bool)"));
        assertThat(Expressions.problem("1 +", Expressions.Result.VALUE)).isPresent();
        assertThat(Expressions.problem("x".repeat(5_000), Expressions.Result.VALUE))
                .hasValueSatisfying(text -> assertThat(text).contains("at most 4096"));
    }
}
