package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.periplus.api.NamespacedName;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.limit.LimitAncestor;
import io.periplus.model.limit.LimitStatus;
import io.periplus.model.route.RouteStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The status of RateLimitPolicies in the API server. As with routes, its list belongs to several controllers and cannot be
 * merged by the API server: it is read, changed and written back for exactly the version that was read.
 */
public final class RateLimitStatusObjects {
    private static final int ANCESTORS_MAX = 16;

    private final SharedStatus shared;

    public RateLimitStatusObjects(KubernetesClient client) {
        this.shared = new SharedStatus(client, "ancestors");
    }

    /** Our part of the status of one. */
    static List<LimitAncestor> ancestors(GenericKubernetesResource object) {
        String namespace = Inputs.key(object).namespace();
        return Inputs.body(object).at("status").list("ancestors").stream()
                .filter(entry -> entry.text("controllerName").equals(RouteStatus.CONTROLLER))
                .map(entry -> new LimitAncestor(ref(entry.at("ancestorRef"), namespace), Conditions.read(entry)))
                .toList();
    }

    private static LimitAncestor.Ref ref(Tree ref, String namespace) {
        return new LimitAncestor.Ref(
                ref.text("group"),
                ref.text("kind"),
                new NamespacedName(ref.text("namespace", namespace), ref.text("name")),
                ref.text("sectionName"));
    }

    /**
     * Brings our entries into the wanted state and leaves the others as they are.
     *
     * @param now RFC 3339, whole seconds
     */
    public void write(LimitStatus status, String now) {
        shared.write(
                Kinds.RATE_LIMIT_POLICY,
                status.key(),
                found -> {
                    LimitStatus present = new LimitStatus(status.key(), status.wanted(), ancestors(found));
                    return present.current()
                            ? null
                            : present.wanted().stream()
                                    .map(wanted -> entry(wanted, present, now))
                                    .toList();
                },
                ANCESTORS_MAX);
    }

    private static Map<String, Object> entry(LimitAncestor wanted, LimitStatus status, String now) {
        List<ConditionInput> written = status.written().stream()
                .filter(entry -> entry.ref().equals(wanted.ref()))
                .findFirst()
                .map(LimitAncestor::conditions)
                .orElse(List.of());
        LimitAncestor.Ref ref = wanted.ref();
        Map<String, Object> reference = new LinkedHashMap<>();
        reference.put("group", ref.group());
        reference.put("kind", ref.kind());
        reference.put("namespace", ref.name().namespace());
        reference.put("name", ref.name().name());
        if (!ref.section().isEmpty()) {
            reference.put("sectionName", ref.section());
        }
        return Map.of(
                "ancestorRef",
                reference,
                "controllerName",
                RouteStatus.CONTROLLER,
                "conditions",
                wanted.conditions().stream()
                        .map(condition -> Conditions.write(condition, written, now))
                        .toList());
    }
}
