package io.periplus.waypoint.limit.remote;

import java.util.Locale;
import java.util.Set;

/** Which header fields a service may add: none by which messages are delimited, and nothing that would be two fields. */
final class Fields {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private static final Set<String> OF_CONNECTIONS = Set.of(
            "connection",
            "content-length",
            "host",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private Fields() {}

    static boolean isAllowed(String name, String value) {
        boolean token = !name.isEmpty();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            token &= letter || TOKEN_MARKS.indexOf(c) >= 0;
        }
        boolean text = value.chars().allMatch(c -> c == '\t' || c >= ' ' && c != 0x7f && c <= 0xff);
        return token && text && !OF_CONNECTIONS.contains(name.toLowerCase(Locale.ROOT));
    }
}
