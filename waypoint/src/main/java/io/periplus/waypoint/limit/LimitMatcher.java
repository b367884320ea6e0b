package io.periplus.waypoint.limit;

import io.periplus.api.cel.Expression;
import io.periplus.api.cel.Expressions;
import io.periplus.dataplane.policy.HttpAttributes;
import io.periplus.waypoint.exchange.RequestContext;
import io.periplus.wire.waypoint.LimitMatch;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which requests a limit counts; also those about which its expression fails: nobody escapes it by leaving something out. */
record LimitMatcher(
        Set<String> methods,
        List<TextPattern> paths,
        List<FieldPattern> headers,
        @Nullable Expression expression) {
    private record FieldPattern(String name, TextPattern value) {}

    /** @throws IllegalArgumentException if the expression cannot be compiled */
    static LimitMatcher compile(LimitMatch match) {
        return new LimitMatcher(
                Set.copyOf(match.getMethodsList()),
                match.getPathsList().stream().map(TextPattern::of).toList(),
                match.getHeadersList().stream()
                        .map(header -> new FieldPattern(header.getName(), TextPattern.of(header.getValue())))
                        .toList(),
                match.getCel().isEmpty() ? null : Expressions.compile(match.getCel(), Expressions.Result.CONDITION));
    }

    boolean matches(RequestContext request) {
        HttpAttributes http = request.attributes().http();
        return (methods.isEmpty() || methods.contains(request.head().method()))
                && (paths.isEmpty() || anyMatches(http.path()))
                && headersMatch(http)
                && (expression == null || expression.holds(new RequestVariables(request), true));
    }

    private boolean anyMatches(CharSequence path) {
        for (int i = 0; i < paths.size(); i++) {
            if (paths.get(i).matches(path)) {
                return true;
            }
        }
        return false;
    }

    private boolean headersMatch(HttpAttributes http) {
        for (int i = 0; i < headers.size(); i++) {
            FieldPattern field = headers.get(i);
            CharSequence value = http.header(field.name);
            if (value == null || !field.value.matches(value) && !oneMatches(field.value, http.repeated(field.name))) {
                return false;
            }
        }
        return true;
    }

    /** A field that stands in a request several times: whichever of its values the application takes, the limit counts it. */
    private static boolean oneMatches(TextPattern wanted, List<? extends CharSequence> values) {
        for (int i = 0; i < values.size(); i++) {
            if (wanted.matches(values.get(i))) {
                return true;
            }
        }
        return false;
    }
}
