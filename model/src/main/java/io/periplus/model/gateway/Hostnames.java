package io.periplus.model.gateway;

/** Host names of listeners: exact, with a leading {@code *.}, or empty for every name. */
final class Hostnames {
    private Hostnames() {}

    /** Whether some name fits both. */
    static boolean overlap(String a, String b) {
        return a.isEmpty() || b.isEmpty() || a.equals(b) || covers(a, b) || covers(b, a);
    }

    // A wildcard stands for one label or more.
    private static boolean covers(String wildcard, String name) {
        return wildcard.startsWith("*.")
                && name.length() > wildcard.length() - 1
                && name.endsWith(wildcard.substring(1));
    }
}
