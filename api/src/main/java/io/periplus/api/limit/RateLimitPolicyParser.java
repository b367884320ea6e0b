package io.periplus.api.limit;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.periplus.api.Annotations;
import io.periplus.api.ObjectHead;
import io.periplus.api.limit.RateLimitPolicy.Backend;
import io.periplus.api.limit.RateLimitPolicy.Limit;
import io.periplus.api.limit.RateLimitPolicy.Response;
import io.periplus.api.limit.RateLimitPolicy.TargetRef;
import io.periplus.api.security.SpecReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code RateLimitPolicy} objects. Never throws: what is wrong is said in the result. */
public final class RateLimitPolicyParser {
    private RateLimitPolicyParser() {}

    /** Parses one object. */
    public static RateLimitPolicy parse(GenericKubernetesResource object) {
        return parse(
                ObjectHead.of(object.getMetadata()),
                object.getAdditionalProperties().get("spec"));
    }

    /** Parses one object of which this is the {@code spec}: maps, lists and plain values. */
    public static RateLimitPolicy parse(ObjectHead head, @Nullable Object body) {
        List<String> problems = new ArrayList<>();
        SpecReader spec = new SpecReader(body, "spec", problems);
        List<TargetRef> targets = new ArrayList<>();
        spec.objects("targetRefs").forEach(ref -> target(ref, targets));
        if (targets.isEmpty()) {
            spec.problem("targetRefs", "names nothing that the policy is attached to");
        }
        Backend backend = BackendParser.parse(spec);
        LimitParser limits = new LimitParser(backend instanceof Backend.Service);
        List<Limit> all = new ArrayList<>(limits.parse(spec, false));
        if (spec.has("defaults")) {
            if (!all.isEmpty()) {
                spec.problem("defaults", "set together with rateLimits, which is short for it; keep one");
            }
            all.addAll(inside(limits, spec.object("defaults"), false));
        }
        if (spec.has("overrides")) {
            all.addAll(inside(limits, spec.object("overrides"), true));
        }
        if (all.isEmpty()) {
            spec.problem("rateLimits", "holds no limit");
        }
        unique(spec, all);
        boolean dryRun = spec.flag("dryRun");
        String failureMode = spec.text("failureMode");
        if (failureMode != null && !failureMode.equals("Open") && !failureMode.equals("Closed")) {
            spec.problem("failureMode", "unknown mode \"" + failureMode + "\" (expected Open or Closed)");
        }
        Response response = response(spec.object("response"));
        spec.end();
        return new RateLimitPolicy(
                head.key(),
                head.generation(),
                head.created(),
                List.copyOf(targets),
                List.copyOf(all),
                backend,
                "Open".equals(failureMode),
                dryRun || "true".equals(head.annotations().get(Annotations.DRY_RUN)),
                response,
                List.copyOf(problems));
    }

    private static List<Limit> inside(LimitParser limits, SpecReader section, boolean override) {
        List<Limit> found = limits.parse(section, override);
        section.end();
        return found;
    }

    private static void unique(SpecReader spec, List<Limit> limits) {
        Set<String> names = new HashSet<>();
        for (Limit limit : limits) {
            if (!limit.name().isEmpty() && !names.add(limit.name())) {
                spec.problem(
                        "rateLimits", "two limits are called \"" + limit.name() + "\"; a name stands for one limit");
            }
        }
    }

    private static void target(SpecReader ref, List<TargetRef> into) {
        String group = Objects.requireNonNullElse(ref.text("group"), "");
        String kind = ref.text("kind");
        String name = ref.text("name");
        String section = Objects.requireNonNullElse(ref.text("sectionName"), "");
        ref.end();
        if (kind == null || name == null || name.isEmpty()) {
            ref.problem("", "needs a kind and a name");
            return;
        }
        String plain = group.equals("core") ? "" : group;
        boolean sections = switch (plain + "/" + kind) {
            case "/Service", "networking.istio.io/ServiceEntry" -> false;
            case "gateway.networking.k8s.io/Gateway",
                    "gateway.networking.k8s.io/HTTPRoute",
                    "gateway.networking.k8s.io/GRPCRoute" -> true;
            default -> {
                ref.problem(
                        "kind",
                        "cannot be limited: " + kind + (plain.isEmpty() ? "" : " of group " + plain)
                                + " (expected Service, ServiceEntry, HTTPRoute, GRPCRoute or Gateway)");
                yield true;
            }
        };
        if (!sections && !section.isEmpty()) {
            ref.problem("sectionName", "a " + kind + " has no sections that could be limited; leave it out");
        }
        into.add(new TargetRef(plain, kind, name, section));
    }

    private static Response response(SpecReader response) {
        @Nullable String headers = response.text("headers");
        Response.Headers which = switch (headers) {
            case null -> Response.Headers.ON_LIMIT;
            case "Always" -> Response.Headers.ALWAYS;
            case "OnLimit" -> Response.Headers.ON_LIMIT;
            case "Never" -> Response.Headers.NEVER;
            default -> {
                response.problem("headers", "unknown \"" + headers + "\" (expected Always, OnLimit or Never)");
                yield Response.Headers.ON_LIMIT;
            }
        };
        String body = Objects.requireNonNullElse(response.text("body"), "");
        String status = Objects.requireNonNullElse(response.text("grpcStatus"), "Unavailable");
        if (!status.equals("Unavailable") && !status.equals("ResourceExhausted")) {
            response.problem(
                    "grpcStatus", "unknown status \"" + status + "\" (expected Unavailable or ResourceExhausted)");
        }
        response.end();
        return new Response(which, body, status.equals("ResourceExhausted"));
    }
}
