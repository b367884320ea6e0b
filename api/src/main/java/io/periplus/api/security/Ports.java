package io.periplus.api.security;

import java.util.OptionalInt;

/** Port numbers as users write them. */
public final class Ports {
    private Ports() {}

    /** The port, or empty when the text is not a number from 1 to 65535. */
    public static OptionalInt parse(String text) {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalInt.empty();
        }
        int port = Integer.parseInt(text);
        return port >= 1 && port <= 65_535 ? OptionalInt.of(port) : OptionalInt.empty();
    }
}
