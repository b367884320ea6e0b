package io.periplus.controlplane.kube;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What may stand in HTTP messages: what is written into them must not end a line or change where a message ends. */
final class HttpText {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+\\-.^_`|~]+");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?");
    private static final Pattern PATH = Pattern.compile("[!-~]*");
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "connection", "content-length", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade");

    private HttpText() {}

    /** Whether it is a header's name (RFC 9110, 5.1). */
    static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }

    /** Whether it can be a header's value (RFC 9110, 5.5). */
    static boolean isValue(String text) {
        return text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f));
    }

    /** Whether it is the name of a host, without wildcards. */
    static boolean isHost(String text) {
        return HOST.matcher(text).matches();
    }

    /** Whether it can stand in a request's target; not what a browser would make of it. */
    static boolean isPath(String text) {
        return PATH.matcher(text).matches();
    }

    /** Whether the header belongs to the connection or says where a message ends (RFC 9110, 7.6.1; RFC 9112, 6). */
    static boolean isOfTheConnection(String name) {
        return OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT));
    }
}
