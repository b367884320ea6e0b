package io.periplus.waypoint.authn;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The audiences of a rule; scheme and trailing slash of an URL make no difference, as Envoy has it. */
record Audiences(Set<String> allowed) {
    static Audiences of(List<String> audiences) {
        return new Audiences(audiences.stream().map(Audiences::bare).collect(Collectors.toUnmodifiableSet()));
    }

    /** Whether a token for these audiences is for the rule. */
    boolean allow(List<String> audiences) {
        if (allowed.isEmpty()) {
            return true;
        }
        for (String audience : audiences) {
            if (allowed.contains(bare(audience))) {
                return true;
            }
        }
        return false;
    }

    private static String bare(String audience) {
        int from = audience.startsWith("https://") ? 8 : audience.startsWith("http://") ? 7 : 0;
        int to = audience.endsWith("/") ? audience.length() - 1 : audience.length();
        return from <= to ? audience.substring(from, to) : "";
    }
}
