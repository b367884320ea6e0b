package io.periplus.model.route;

import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteKey;
import io.periplus.model.input.RouteParentStatus;
import io.periplus.model.input.RouteProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the status of routes says. */
record RouteStatuses(
        Collection<RouteKey, RouteParents> parents,
        Collection<RouteKey, ResolvedRules.Pair> rules,
        Collection<RouteKey, List<RouteParentStatus>> written) {

    // Of the API server.
    private static final int MESSAGE_MAX = 32_768;

    RouteStatus of(Fetch fetch, RouteInput route) {
        List<RouteParentStatus> wanted = new ArrayList<>();
        RouteParents outcomes = fetch.get(parents, route.key());
        ResolvedRules.Pair resolved = fetch.get(rules, route.key());
        if (outcomes != null && resolved != null) {
            for (ParentOutcome outcome : outcomes.outcomes()) {
                List<RouteProblem> problems = (outcome.mesh() ? resolved.mesh() : resolved.gateway()).problems();
                wanted.add(new RouteParentStatus(
                        outcome.ref(),
                        conditions(outcome, problems).stream()
                                .map(condition -> condition.observed(route.generation()))
                                .toList()));
            }
        }
        return new RouteStatus(
                route.key(),
                List.copyOf(wanted),
                Objects.requireNonNullElse(fetch.get(written, route.key()), List.of()));
    }

    private static List<ConditionInput> conditions(ParentOutcome outcome, List<RouteProblem> problems) {
        List<ConditionInput> conditions = new ArrayList<>();
        conditions.add(accepted(outcome));
        conditions.add(resolved(problems));
        if (outcome.refusal() == null
                && problems.stream().anyMatch(p -> !p.reason().isReference())) {
            conditions.add(ConditionInput.of(
                    "PartiallyInvalid",
                    true,
                    RouteProblem.Reason.UNSUPPORTED_VALUE.text(),
                    "Dropped Rule: " + messages(problems, p -> !p.reason().isReference())));
        }
        if (outcome.waypoints() != null) {
            conditions.add(outcome.waypoints());
        }
        return conditions;
    }

    private static ConditionInput accepted(ParentOutcome outcome) {
        if (outcome.refusal() != null) {
            return ConditionInput.of(
                    "Accepted",
                    false,
                    outcome.refusal().reason(),
                    outcome.refusal().message());
        }
        int places = outcome.places().size();
        return ConditionInput.of(
                "Accepted",
                true,
                "Accepted",
                places > 1 ? "Route was valid, bound to " + places + " parents" : "Route was valid");
    }

    private static ConditionInput resolved(List<RouteProblem> problems) {
        return problems.stream()
                .filter(problem -> problem.reason().isReference())
                .findFirst()
                .map(first -> ConditionInput.of(
                        "ResolvedRefs",
                        false,
                        first.reason().text(),
                        messages(problems, problem -> problem.reason().isReference())))
                .orElseGet(() -> ConditionInput.of("ResolvedRefs", true, "ResolvedRefs", "All references resolved"));
    }

    private static String messages(List<RouteProblem> problems, Predicate<RouteProblem> wanted) {
        String all = problems.stream()
                .filter(wanted)
                .map(RouteProblem::message)
                .distinct()
                .collect(Collectors.joining("; "));
        return all.length() > MESSAGE_MAX ? all.substring(0, MESSAGE_MAX) : all;
    }
}
