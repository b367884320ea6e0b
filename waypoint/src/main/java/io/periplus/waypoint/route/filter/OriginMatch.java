package io.periplus.waypoint.route.filter;

import java.util.Locale;

/**
 * An origin that may read answers (RFC 6454): {@code *}, or scheme, host and port, where the host may begin with {@code *.} or
 * be {@code *} for any labels.
 */
record OriginMatch(String scheme, String host, String port) {
    private static final OriginMatch ANY = new OriginMatch("", "*", "");

    static OriginMatch of(String pattern) {
        if (pattern.equals("*")) {
            return ANY;
        }
        String lower = pattern.toLowerCase(Locale.ROOT);
        int schemeEnd = lower.indexOf("://");
        String scheme = schemeEnd < 0 ? "" : lower.substring(0, schemeEnd);
        return new OriginMatch(scheme, hostOf(lower, schemeEnd), portOf(lower, schemeEnd, scheme));
    }

    boolean isAny() {
        return this == ANY;
    }

    boolean matches(String origin) {
        if (isAny()) {
            return true;
        }
        String lower = origin.toLowerCase(Locale.ROOT);
        int schemeEnd = lower.indexOf("://");
        if (schemeEnd < 0 || !lower.startsWith(scheme) || schemeEnd != scheme.length()) {
            return false;
        }
        return (port.equals("*") || port.equals(portOf(lower, schemeEnd, scheme)))
                && hostMatches(hostOf(lower, schemeEnd));
    }

    private boolean hostMatches(String actual) {
        if (host.startsWith("*")) {
            String suffix = host.substring(1);
            return actual.length() > suffix.length() && actual.endsWith(suffix);
        }
        return actual.equals(host);
    }

    private static int portColon(String origin, int schemeEnd) {
        int colon = origin.lastIndexOf(':');
        return colon > schemeEnd && origin.indexOf(']', colon) < 0 ? colon : -1;
    }

    private static String hostOf(String origin, int schemeEnd) {
        int colon = portColon(origin, schemeEnd);
        return origin.substring(schemeEnd < 0 ? 0 : schemeEnd + 3, colon < 0 ? origin.length() : colon);
    }

    private static String portOf(String origin, int schemeEnd, String scheme) {
        int colon = portColon(origin, schemeEnd);
        if (colon >= 0) {
            return origin.substring(colon + 1);
        }
        return scheme.equals("https") ? "443" : "80";
    }
}
