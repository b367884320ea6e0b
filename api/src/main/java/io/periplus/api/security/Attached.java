package io.periplus.api.security;

import io.periplus.api.security.AuthorizationPolicy.TargetRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * To what a policy is attached.
 *
 * @param selector null when there is none
 */
record Attached(@Nullable Map<String, String> selector, List<TargetRef> targetRefs) {
    static Attached read(SpecReader spec) {
        @Nullable Map<String, String> selector = null;
        if (spec.has("selector")) {
            SpecReader reader = spec.object("selector");
            selector = Objects.requireNonNullElse(reader.textMap("matchLabels"), Map.of());
            reader.end();
        }
        List<TargetRef> targets = new ArrayList<>();
        spec.objects("targetRefs").forEach(ref -> target(ref, targets));
        if (spec.has("targetRef")) {
            SpecReader single = spec.object("targetRef");
            if (targets.isEmpty()) {
                target(single, targets);
            } else {
                spec.problem("targetRef", "set together with targetRefs; keep targetRefs only");
            }
        }
        if (selector != null && !targets.isEmpty()) {
            spec.problem("selector", "set together with targetRefs; a policy has one or the other");
        }
        return new Attached(selector, List.copyOf(targets));
    }

    private static void target(SpecReader ref, List<TargetRef> into) {
        String group = ref.textOrEmpty("group");
        String kind = ref.text("kind");
        String name = ref.text("name");
        String namespace = ref.textOrEmpty("namespace");
        ref.end();
        if (kind == null || name == null || name.isEmpty()) {
            ref.problem("", "needs a kind and a name");
            return;
        }
        if (!namespace.isEmpty()) {
            ref.problem("namespace", "targets in other namespaces are not allowed; put the policy beside its target");
        }
        into.add(new TargetRef(group, kind, name));
    }
}
