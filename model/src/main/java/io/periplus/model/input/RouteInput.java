package io.periplus.model.input;

import io.periplus.wire.waypoint.RouteFilter;
import io.periplus.wire.waypoint.RouteMatch;
import io.periplus.wire.waypoint.RouteRetry;
import io.periplus.wire.waypoint.RouteTimeouts;
import io.periplus.wire.waypoint.SessionPersistence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An HTTPRoute, GRPCRoute, TLSRoute or TCPRoute without its status. What refers to nothing is already in the form in which
 * proxies receive it.
 *
 * @param created   RFC 3339, whole seconds; empty when not known
 * @param hostnames lower case
 */
public record RouteInput(
        RouteKey key,
        long generation,
        String created,
        List<ParentRef> parentRefs,
        List<String> hostnames,
        List<Rule> rules) {

    /** What the route is to be attached to, as it is written; the defaults are {@link #groupOrDefault()} and so on. */
    public record ParentRef(
            @Nullable String group,
            @Nullable String kind,
            @Nullable String namespace,
            String name,
            @Nullable String sectionName,
            @Nullable Integer port) {

        /** The group; {@code ""} for the core group, which may also be written {@code core}. */
        public String groupOrDefault() {
            return group == null ? "gateway.networking.k8s.io" : group.equals("core") ? "" : group;
        }

        /** The kind. */
        public String kindOrDefault() {
            return kind == null ? "Gateway" : kind;
        }

        /** Whether both say the same; an API server may write defaults into one and not into the other. */
        public boolean sameAs(ParentRef other) {
            return explicit().equals(other.explicit());
        }

        private ParentRef explicit() {
            return new ParentRef(groupOrDefault(), kindOrDefault(), namespace, name, sectionName, port);
        }
    }

    /**
     * A rule.
     *
     * @param name      empty when it has none
     * @param matches   ORed, those that can be applied; empty matches everything
     * @param matchless whether none of its matches can be applied, so that nothing matches
     * @param unusable  why requests that match cannot be served; empty when they can
     * @param problems  everything that cannot be applied of the rule itself, its matches and filters
     */
    public record Rule(
            String name,
            List<RouteMatch> matches,
            boolean matchless,
            List<Filter> filters,
            List<Backend> backends,
            @Nullable RouteTimeouts timeouts,
            @Nullable RouteRetry retry,
            @Nullable SessionPersistence sessionPersistence,
            String unusable,
            List<RouteProblem> problems) {

        private boolean isRuledOut() {
            return (matchless || !unusable.isEmpty())
                    && problems.stream().anyMatch(problem -> !problem.reason().isReference());
        }
    }

    /** A filter that is understood; others are problems. */
    public sealed interface Filter {
        /** One that refers to nothing. */
        record Plain(RouteFilter filter) implements Filter {}

        /** A copy to another backend; a denominator of 0 copies everything. */
        record Mirror(BackendRef ref, int numerator, int denominator) implements Filter {}
    }

    /** A reference to a backend; null means the route's own namespace, and no port. */
    public record BackendRef(
            String group,
            String kind,
            @Nullable String namespace,
            String name,
            @Nullable Integer port) {}

    /**
     * A backend with its share of the traffic.
     *
     * @param unusable why its share cannot be served, whatever it refers to; empty when it can
     * @param problems what cannot be applied of its filters
     */
    public record Backend(
            BackendRef ref, int weight, List<Filter> filters, String unusable, List<RouteProblem> problems) {}

    /** Whether no rule can be applied as it is written, whatever it refers to. */
    public boolean unusable() {
        return !rules.isEmpty() && rules.stream().allMatch(Rule::isRuledOut);
    }
}
