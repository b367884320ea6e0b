package io.periplus.api.http;

import java.util.Locale;
import java.util.Set;

/** What may stand in HTTP messages: what is written into them must not end a line or change where a message ends. */
public final class HttpText {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "connection", "content-length", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade");

    private HttpText() {}

    /** Whether it is a header's name (RFC 9110, 5.1). */
    public static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> isAlphanumeric(c) || TOKEN_MARKS.indexOf(c) >= 0);
    }

    /** Whether it can be a header's value (RFC 9110, 5.5): one byte for each character, none of which ends a line. */
    public static boolean isValue(String text) {
        return text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= 0xff && c != 0x7f));
    }

    /** Whether it is the name of a host, without wildcards. */
    public static boolean isHost(String text) {
        return !text.isEmpty()
                && text.chars().allMatch(c -> isAlphanumeric(c) || c == '-' || c == '.')
                && isAlphanumeric(text.charAt(0))
                && isAlphanumeric(text.charAt(text.length() - 1));
    }

    /** Whether it can stand in a request's target or its authority; not what a browser would make of it. */
    public static boolean isTarget(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '#');
    }

    /** Whether it is one word of visible characters, such as an origin or a method. */
    public static boolean isWord(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    /**
     * Whether routes may add, set and remove the header: not what belongs to the connection or says where a message ends
     * (RFC 9110, 7.6.1; RFC 9112, 6), and not {@code Host}, which says where a request goes.
     */
    public static boolean isChangeable(String name) {
        String lowerCase = name.toLowerCase(Locale.ROOT);
        return !OF_THE_CONNECTION.contains(lowerCase) && !lowerCase.equals("host");
    }

    private static boolean isAlphanumeric(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }
}
