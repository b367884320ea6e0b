package io.periplus.waypoint.exchange;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a verified token says.
 *
 * @param principal {@code <issuer>/<subject>}; null for a token without a subject
 * @param claims as in its JSON: strings, numbers, booleans, lists and maps of them; immutable
 */
public record ValidatedToken(@Nullable String principal, Map<String, Object> claims) {
    /**
     * The values of a claim, as policies compare them: a string with its space-separated parts where the token's rule says
     * so, the strings of a list; empty where the claim is absent or something else.
     *
     * @param path names from the outside inwards
     */
    public List<String> claim(List<String> path) {
        Object value = claims;
        for (String name : path) {
            if (!(value instanceof Map<?, ?> inner)) {
                return List.of();
            }
            value = inner.get(name);
        }
        return switch (value) {
            case String text -> List.of(text);
            case List<?> list ->
                list.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList();
            case null, default -> List.of();
        };
    }
}
