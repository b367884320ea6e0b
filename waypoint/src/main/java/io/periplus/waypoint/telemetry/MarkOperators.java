package io.periplus.waypoint.telemetry;

import io.periplus.dataplane.policy.Marks;
import io.periplus.waypoint.telemetry.LogOperators.Operator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code %DYNAMIC_METADATA(…)%} as Envoy's RBAC filter sets it: what policies say that decide nothing. */
final class MarkOperators {
    private static final String RBAC = "envoy.filters.http.rbac:";

    private static final Map<String, Operator> BY_NAME = Map.of(
            "envoy.common:access_log_hint",
            of(marks -> marks.audited().isEmpty() ? null : "true"),
            RBAC + "istio_dry_run_allow_shadow_engine_result",
            of(marks -> result(marks.allow())),
            RBAC + "istio_dry_run_allow_shadow_effective_policy_id",
            of(marks -> matched(marks.allow())),
            RBAC + "istio_dry_run_deny_shadow_engine_result",
            of(marks -> result(marks.deny())),
            RBAC + "istio_dry_run_deny_shadow_effective_policy_id",
            of(marks -> matched(marks.deny())));

    private MarkOperators() {}

    /** The operator for a namespace and key of metadata; null if nothing sets it. */
    static @Nullable Operator of(String argument) {
        return BY_NAME.get(argument);
    }

    static List<String> names() {
        return BY_NAME.keySet().stream().sorted().toList();
    }

    private static Operator of(Function<Marks, @Nullable Object> value) {
        return report -> {
            Marks marks = report.marks();
            return marks == null ? null : value.apply(marks);
        };
    }

    private static @Nullable String result(Marks.@Nullable DryRun dryRun) {
        return dryRun == null ? null : dryRun.result();
    }

    private static @Nullable String matched(Marks.@Nullable DryRun dryRun) {
        return dryRun == null || dryRun.policy() == null ? null : dryRun.matched();
    }
}
