package io.periplus.waypoint.route.match;

import java.util.Comparator;

/**
 * A match with what it leads to and its place among equals.
 *
 * @param ageSeconds creation of the route, since 1970
 * @param owner {@code namespace/name} of the route
 * @param position of the match in the route
 */
public record Candidate<V>(RequestMatch match, V value, long ageSeconds, String owner, int position) {
    private enum Tier {
        EXACT,
        PREFIX,
        METHOD,
        ANY,
        REGEX
    }

    /** The first one that matches wins: the order that the Gateway API documents at HTTPRouteMatch and GRPCRouteMatch. */
    static final Comparator<Candidate<?>> PRECEDENCE = Comparator.<Candidate<?>, Tier>comparing(Candidate::tier)
            .thenComparing(Candidate::pathLength, Comparator.reverseOrder())
            .thenComparing(candidate -> candidate.match.method().isEmpty())
            .thenComparing(candidate -> candidate.match.headers().size(), Comparator.reverseOrder())
            .thenComparing(candidate -> candidate.match.query().size(), Comparator.reverseOrder())
            .thenComparing(Candidate::ageSeconds)
            .thenComparing(Candidate::owner)
            .thenComparing(Candidate::position);

    private Tier tier() {
        return switch (match.path()) {
            case PathMatch.Exact exact -> Tier.EXACT;
            case PathMatch.Prefix prefix -> prefix.bare().isEmpty() ? Tier.ANY : Tier.PREFIX;
            case PathMatch.Method method -> Tier.METHOD;
            case PathMatch.Regex regex -> Tier.REGEX;
        };
    }

    private int pathLength() {
        return switch (match.path()) {
            case PathMatch.Exact exact -> exact.path().length();
            case PathMatch.Prefix prefix -> prefix.path().length();
            case PathMatch.Method method -> method.method().length();
            case PathMatch.Regex regex -> regex.pattern().toString().length();
        };
    }
}
