package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.periplus.model.input.ReferenceGrantInput;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteInput.Backend;
import io.periplus.model.input.RouteInput.BackendRef;
import io.periplus.model.input.RouteInput.Filter;
import io.periplus.model.input.RouteInput.ParentRef;
import io.periplus.model.input.RouteInput.Rule;
import io.periplus.model.input.RouteKey;
import io.periplus.model.input.RouteParentStatus;
import io.periplus.model.input.RouteProblem.Reason;
import io.periplus.model.route.RouteStatus;
import io.periplus.wire.waypoint.RouteMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** From routes and ReferenceGrants to what the index reads of them. */
final class RouteInputs {
    private RouteInputs() {}

    static RouteInput route(RouteKey.Kind kind, GenericKubernetesResource route) {
        ObjectMeta meta = route.getMetadata();
        Tree spec = Inputs.body(route).at("spec");
        List<Tree> rules = spec.list("rules");
        List<Rule> read = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            read.add(rule(kind, rules.get(i), "rules[" + i + "]"));
        }
        return new RouteInput(
                key(kind, route),
                Objects.requireNonNullElse(meta.getGeneration(), 0L),
                Inputs.text(meta.getCreationTimestamp()),
                spec.list("parentRefs").stream().map(RouteInputs::parentRef).toList(),
                spec.texts("hostnames").stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList(),
                List.copyOf(read));
    }

    static RouteKey key(RouteKey.Kind kind, GenericKubernetesResource route) {
        return new RouteKey(kind, Inputs.key(route));
    }

    /** What stands in the status on behalf of this controller. */
    static List<RouteParentStatus> status(GenericKubernetesResource route) {
        return Inputs.body(route).at("status").list("parents").stream()
                .filter(parent -> parent.text("controllerName").equals(RouteStatus.CONTROLLER))
                .map(parent -> new RouteParentStatus(parentRef(parent.at("parentRef")), Conditions.read(parent)))
                .toList();
    }

    static ReferenceGrantInput referenceGrant(GenericKubernetesResource grant) {
        Tree spec = Inputs.body(grant).at("spec");
        return new ReferenceGrantInput(
                Inputs.key(grant),
                spec.list("from").stream()
                        .map(from -> new ReferenceGrantInput.From(
                                from.text("group"), from.text("kind"), from.text("namespace")))
                        .toList(),
                spec.list("to").stream()
                        .map(to -> new ReferenceGrantInput.To(to.text("group"), to.text("kind"), to.textOrNull("name")))
                        .toList());
    }

    // An absent group and an empty one differ: absent is the Gateway API's.
    static ParentRef parentRef(Tree ref) {
        return new ParentRef(
                ref.has("group") ? ref.text("group") : null,
                ref.textOrNull("kind"),
                ref.textOrNull("namespace"),
                ref.text("name"),
                ref.textOrNull("sectionName"),
                ref.has("port") ? ref.number("port") : null);
    }

    static BackendRef backendRef(Tree ref) {
        return new BackendRef(
                ref.text("group"),
                ref.text("kind", "Service"),
                ref.textOrNull("namespace"),
                ref.text("name"),
                ref.has("port") ? ref.number("port") : null);
    }

    private static Rule rule(RouteKey.Kind kind, Tree rule, String where) {
        RouteFindings findings = new RouteFindings(where);
        List<RouteMatch> matches = switch (kind) {
            case HTTP -> RouteMatches.http(rule, findings);
            case GRPC -> RouteMatches.grpc(rule, findings);
            case TLS, TCP -> List.of();
        };
        List<Filter> filters = new RouteFilters(kind, rule, findings).read(rule.list("filters"));
        boolean redirects = filters.stream()
                .anyMatch(filter ->
                        filter instanceof Filter.Plain plain && plain.filter().hasRedirect());
        List<Tree> refs = rule.list("backendRefs");
        if (redirects && !refs.isEmpty()) {
            findings.unusable(Reason.INCOMPATIBLE_FILTERS, "filter RequestRedirect and backendRefs exclude each other");
        }
        List<Backend> backends = new ArrayList<>();
        for (int i = 0; i < refs.size(); i++) {
            backends.add(backend(kind, rule, refs.get(i), where + ".backendRefs[" + i + "]"));
        }
        return new Rule(
                rule.text("name"),
                List.copyOf(matches),
                matches.isEmpty() && isMatching(kind) && !rule.list("matches").isEmpty(),
                filters,
                List.copyOf(backends),
                RouteTimes.timeouts(rule, findings),
                RouteTimes.retry(rule, findings),
                RouteTimes.sessions(rule, findings),
                findings.unusable(),
                findings.problems());
    }

    private static boolean isMatching(RouteKey.Kind kind) {
        return kind == RouteKey.Kind.HTTP || kind == RouteKey.Kind.GRPC;
    }

    private static Backend backend(RouteKey.Kind kind, Tree rule, Tree ref, String where) {
        RouteFindings findings = new RouteFindings(where);
        List<Filter> filters = new RouteFilters(kind, rule, findings).read(ref.list("filters"));
        return new Backend(
                backendRef(ref),
                ref.has("weight") ? Math.max(0, ref.number("weight")) : 1,
                filters,
                findings.unusable(),
                findings.problems());
    }
}
