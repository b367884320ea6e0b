package io.periplus.api.http;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * A regular expression of a user: RE2 syntax, of the whole value, in time linear in the value. The compiled size is bounded
 * too, because nested counts multiply: {@code ((a{99}){99}){99}} is short and would take a million states.
 */
public final class SafePattern {
    /** As the Gateway API's schemas allow for headers. */
    public static final int LENGTH_MAX = 4096;

    /** States of an expression that matches values of any length; each may cost a step per character of the value. */
    public static final int SIZE_MAX = 500;

    /** States of one without {@code *}, {@code +} and the like: it is done after as many characters as it has states. */
    public static final int FINITE_SIZE_MAX = 2000;

    /**
     * Characters of a value; longer ones match nothing. With {@link #SIZE_MAX} this bounds the time of one comparison to
     * about four million steps, as does the square of {@link #FINITE_SIZE_MAX}.
     */
    public static final int VALUE_MAX = 8 * 1024;

    private static final String SEGMENT = "[^/]+";

    private final Pattern pattern;

    private SafePattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** @throws IllegalArgumentException saying what is wrong with the expression, for its author */
    public static SafePattern compile(String regex) {
        if (regex.length() > LENGTH_MAX) {
            throw new IllegalArgumentException("regular expression of %d characters (expected: at most %d): %s..."
                    .formatted(regex.length(), LENGTH_MAX, regex.substring(0, 32)));
        }
        RegexSize size = RegexSize.of(regex);
        int max = size.unbounded() ? SIZE_MAX : FINITE_SIZE_MAX;
        if (size.states() > max) {
            throw new IllegalArgumentException(
                    "regular expression %s: expands to about %d states (expected: at most %d; counts like {1000} multiply)"
                            .formatted(regex, size.states(), max));
        }
        try {
            return new SafePattern(Pattern.compile(regex));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "regular expression %s: %s (expected: RE2 syntax)".formatted(regex, e.getDescription()));
        }
    }

    /**
     * The path of a gRPC call.
     *
     * @param service regular expression, of one segment if empty; what stands for itself is {@link #quote}d
     * @param method likewise
     * @throws IllegalArgumentException as {@link #compile} does
     */
    public static SafePattern ofGrpc(String service, String method) {
        return compile("/" + part(service) + "/" + part(method));
    }

    /** An expression that matches the text alone. */
    public static String quote(String text) {
        return Pattern.quote(text);
    }

    private static String part(String regex) {
        return regex.isEmpty() ? SEGMENT : "(?:" + regex + ")";
    }

    /** Whether the whole value matches. */
    public boolean matches(String value) {
        return value.length() <= VALUE_MAX && pattern.matches(value);
    }

    @Override
    public String toString() {
        return pattern.pattern();
    }
}
