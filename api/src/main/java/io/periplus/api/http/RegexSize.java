package io.periplus.api.http;

import java.util.ArrayDeque;
import java.util.Deque;

/** About how many states a regular expression takes once its counts are written out. Wrong syntax is not noticed here. */
final class RegexSize {
    private final String regex;
    private final Deque<Long> outer = new ArrayDeque<>();
    private long sum;
    private long last;
    private boolean unbounded;

    private RegexSize(String regex) {
        this.regex = regex;
    }

    static RegexSize of(String regex) {
        RegexSize size = new RegexSize(regex);
        int i = 0;
        while (i < regex.length() && size.sum <= Integer.MAX_VALUE) {
            i = size.next(i);
        }
        return size;
    }

    /** States; from {@link Integer#MAX_VALUE} on, only that there are that many. */
    long states() {
        long all = sum;
        for (long group : outer) {
            all += group;
        }
        return all;
    }

    /** Whether it matches values of any length; if not, of at most as many characters as there are states. */
    boolean unbounded() {
        return unbounded;
    }

    /** Takes the part at {@code i}; returns where the next one starts. */
    private int next(int i) {
        switch (regex.charAt(i)) {
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
                return count(i);
            }
            case '[' -> {
                one();
                return classEnd(i + 1);
            }
            case '\\' -> {
                return escape(i + 1);
            }
            case '*', '+' -> {
                unbounded = true;
                sum++;
                last++;
            }
            case '?' -> {
                sum++;
                last++;
            }
            default -> one();
        }
        return i + 1;
    }

    private void one() {
        sum++;
        last = 1;
    }

    private int escape(int i) {
        if (i >= regex.length()) {
            return i;
        }
        char c = regex.charAt(i);
        if (c == 'Q') {
            int end = regex.indexOf("\\E", i);
            int quoted = (end < 0 ? regex.length() : end) - i - 1;
            sum += quoted;
            last = 1;
            return end < 0 ? regex.length() : end + 2;
        }
        one();
        boolean named = (c == 'p' || c == 'P' || c == 'x') && regex.startsWith("{", i + 1);
        int close = named ? regex.indexOf('}', i) : i;
        return close < 0 ? regex.length() : close + 1;
    }

    // A bracket at the very start of a class stands for itself, and so does what a backslash precedes.
    private int classEnd(int from) {
        int i = regex.startsWith("^", from) ? from + 1 : from;
        i = regex.startsWith("]", i) ? i + 1 : i;
        while (i < regex.length() && regex.charAt(i) != ']') {
            int named = regex.startsWith("[:", i) ? regex.indexOf(":]", i + 2) : -1;
            if (named >= 0) {
                i = named + 2;
            } else {
                i += regex.charAt(i) == '\\' ? 2 : 1;
            }
        }
        return i + 1;
    }

    private int count(int open) {
        int close = regex.indexOf('}', open);
        long times = close < 0 ? 0 : highest(open + 1, close);
        if (times == 0) {
            one();
            return open + 1;
        }
        unbounded |= regex.charAt(close - 1) == ',';
        sum += last * (times - 1);
        last *= times;
        return close + 1;
    }

    /** The greatest number of a count such as {@code 2,5}, at least 1; 0 when it is none. */
    private long highest(int from, int to) {
        long highest = 1;
        long number = 0;
        for (int i = from; i < to; i++) {
            char c = regex.charAt(i);
            if (c >= '0' && c <= '9') {
                number = Math.min(number * 10 + (c - '0'), Integer.MAX_VALUE);
                highest = Math.max(highest, number);
            } else if (c == ',' && i > from) {
                number = 0;
            } else {
                return 0;
            }
        }
        return highest;
    }
}
