package io.periplus.model.route;

import io.periplus.model.collection.Fetch;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteInput.Backend;
import io.periplus.model.input.RouteInput.Filter;
import io.periplus.model.input.RouteInput.Rule;
import io.periplus.model.input.RouteProblem;
import io.periplus.wire.waypoint.Mirror;
import io.periplus.wire.waypoint.RouteBackend;
import io.periplus.wire.waypoint.RouteFilter;
import io.periplus.wire.waypoint.RouteRule;
import java.util.ArrayList;
import java.util.List;

/** From rules as they are written to rules as proxies apply them. What cannot be applied takes away no more than itself. */
record RuleConversion(Backends backends) {

    /** Both forms of the rules of a route. */
    ResolvedRules.Pair convert(Fetch fetch, RouteInput route) {
        return new ResolvedRules.Pair(convert(fetch, route, false), convert(fetch, route, true));
    }

    private ResolvedRules convert(Fetch fetch, RouteInput route, boolean granted) {
        Conversion conversion = new Conversion(fetch, route, granted, new ArrayList<>());
        List<RouteRule> rules = new ArrayList<>();
        for (int i = 0; i < route.rules().size(); i++) {
            Rule rule = route.rules().get(i);
            conversion.problems.addAll(rule.problems());
            if (!rule.matchless()) {
                rules.add(conversion.rule(rule, i));
            }
        }
        return new ResolvedRules(List.copyOf(rules), List.copyOf(conversion.problems));
    }

    private final class Conversion {
        private final Fetch fetch;
        private final RouteInput route;
        private final boolean granted;
        private final List<RouteProblem> problems;

        Conversion(Fetch fetch, RouteInput route, boolean granted, List<RouteProblem> problems) {
            this.fetch = fetch;
            this.route = route;
            this.granted = granted;
            this.problems = problems;
        }

        RouteRule rule(Rule rule, int position) {
            String where = "rules[" + position + "]";
            RouteRule.Builder message = RouteRule.newBuilder()
                    .setPosition(position)
                    .setName(rule.name())
                    .addAllMatches(rule.matches())
                    .setUnusable(rule.unusable())
                    .addAllFilters(filters(rule.filters(), where));
            for (int i = 0; i < rule.backends().size(); i++) {
                Backend backend = rule.backends().get(i);
                String place = where + ".backendRefs[" + i + "]";
                if (backend.weight() > 0) {
                    message.addBackends(backend(backend, place));
                } else if (rule.sessionPersistence() != null) {
                    // No new traffic, but sessions that exist stay; one that does not resolve has none.
                    if (backends.resolve(fetch, route, backend.ref(), granted, place)
                            instanceof Backends.Resolution.Found) {
                        message.addBackends(backend(backend, place));
                    }
                }
            }
            if (rule.timeouts() != null) {
                message.setTimeouts(rule.timeouts());
            }
            if (rule.retry() != null) {
                message.setRetry(rule.retry());
            }
            if (rule.sessionPersistence() != null) {
                message.setSessionPersistence(rule.sessionPersistence());
            }
            return message.build();
        }

        private RouteBackend backend(Backend backend, String where) {
            RouteBackend.Builder message = RouteBackend.newBuilder().setWeight(backend.weight());
            problems.addAll(backend.problems());
            switch (backends.resolve(fetch, route, backend.ref(), granted, where)) {
                case Backends.Resolution.Found found -> {
                    message.setService(found.service()).addAllFilters(filters(backend.filters(), where));
                    if (!backend.unusable().isEmpty()) {
                        message.setInvalid(backend.unusable());
                    }
                }
                case Backends.Resolution.Failed failed -> {
                    problems.add(failed.problem());
                    message.setInvalid(failed.problem().message());
                }
            }
            return message.build();
        }

        private List<RouteFilter> filters(List<Filter> filters, String where) {
            List<RouteFilter> messages = new ArrayList<>();
            for (Filter filter : filters) {
                switch (filter) {
                    case Filter.Plain plain -> messages.add(plain.filter());
                    case Filter.Mirror mirror -> mirror(mirror, where + " RequestMirror", messages);
                }
            }
            return messages;
        }

        // A mirror that leads nowhere is left out; the traffic itself goes on.
        private void mirror(Filter.Mirror mirror, String where, List<RouteFilter> messages) {
            switch (backends.resolve(fetch, route, mirror.ref(), granted, where)) {
                case Backends.Resolution.Found found ->
                    messages.add(RouteFilter.newBuilder()
                            .setMirror(Mirror.newBuilder()
                                    .setBackend(RouteBackend.newBuilder().setService(found.service()))
                                    .setNumerator(mirror.numerator())
                                    .setDenominator(mirror.denominator()))
                            .build());
                case Backends.Resolution.Failed failed -> problems.add(failed.problem());
            }
        }
    }
}
