package io.periplus.waypoint.route.match;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A regular expression of a user: RE2 syntax, of the whole value, in time linear in the value. The compiled size is bounded
 * too, because nested counts multiply: {@code ((a{99}){99}){99}} is short and would take a million states.
 */
public final class SafePattern {
    /** As the Gateway API's schemas allow for paths. */
    public static final int LENGTH_MAX = 1024;

    /** States, each of which may cost a step per character of the value. */
    public static final int SIZE_MAX = 500;

    /** Characters of a value; longer ones match nothing. With {@link #SIZE_MAX} this bounds the time of one comparison. */
    public static final int VALUE_MAX = 8 * 1024;

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
        long size = expandedSize(regex);
        if (size > SIZE_MAX) {
            throw new IllegalArgumentException(
                    "regular expression %s: expands to about %d states (expected: at most %d; counts like {1000} multiply)"
                            .formatted(regex, size, SIZE_MAX));
        }
        try {
            return new SafePattern(Pattern.compile(regex));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "regular expression %s: %s (expected: RE2 syntax)".formatted(regex, e.getDescription()));
        }
    }

    /** Whether the whole value matches. */
    public boolean matches(String value) {
        return value.length() <= VALUE_MAX && pattern.matches(value);
    }

    /** About how many states the expression takes once its counts are written out. Wrong syntax is not noticed here. */
    private static long expandedSize(String regex) {
        Deque<Long> outer = new ArrayDeque<>();
        long sum = 0;
        long last = 0;
        for (int i = 0; i < regex.length(); i++) {
            char c = regex.charAt(i);
            switch (c) {
                case '(' -> {
                    outer.push(sum);
                    sum = 0;
                    last = 0;
                }
                case ')' -> {
                    last = sum + 2;
                    sum = last + (outer.isEmpty() ? 0 : outer.pop());
                }
                case '{' -> {
                    int close = regex.indexOf('}', i);
                    long times = close < 0 ? 1 : highest(regex, i + 1, close);
                    sum += last * (times - 1);
                    last *= times;
                    i = close < 0 ? i : close;
                }
                case '[' -> {
                    i = Math.max(i, regex.indexOf(']', i + 2));
                    last = 1;
                    sum++;
                }
                default -> {
                    i += c == '\\' ? 1 : 0;
                    last = c == '*' || c == '+' || c == '?' ? last + 1 : 1;
                    sum++;
                }
            }
            if (sum > Integer.MAX_VALUE) {
                return sum;
            }
        }
        return sum;
    }

    /** The greatest number of a count such as {@code 2,5}; 1 when it is none. */
    private static long highest(String regex, int from, int to) {
        long highest = 0;
        long number = 0;
        for (int i = from; i < to; i++) {
            char c = regex.charAt(i);
            if (c >= '0' && c <= '9') {
                number = Math.min(number * 10 + (c - '0'), Integer.MAX_VALUE);
                highest = Math.max(highest, number);
            } else if (c == ',') {
                number = 0;
            } else {
                return 1;
            }
        }
        return Math.max(1, highest);
    }

    @Override
    public String toString() {
        return pattern.pattern();
    }
}
