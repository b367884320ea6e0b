package io.periplus.cli.analyze.schema;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The patterns of schemas, compiled once. One that this machine does not understand matches everything. */
final class Patterns {
    private static final Map<String, Optional<Pattern>> COMPILED = new ConcurrentHashMap<>();

    private Patterns() {}

    /** Whether a text has a part that matches (ECMA-262, as JSON schemas have it). */
    static boolean matches(String pattern, String text) {
        return COMPILED.computeIfAbsent(pattern, Patterns::compile)
                .map(compiled -> compiled.matcher(text).find())
                .orElse(true);
    }

    private static Optional<Pattern> compile(String pattern) {
        try {
            return Optional.of(Pattern.compile(pattern));
        } catch (PatternSyntaxException _) {
            return Optional.empty();
        }
    }
}
