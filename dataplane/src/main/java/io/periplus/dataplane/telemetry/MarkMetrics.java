package io.periplus.dataplane.telemetry;

import io.periplus.dataplane.policy.Marks;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what policies say that decide nothing. The names of the dry-run counters are the prefixes and results of Istio's
 * shadow engines: {@code istio_dry_run_allow_shadow_denied} and so on.
 */
public final class MarkMetrics {
    /** The component under which Envoy logs it; its level is {@code rbac}'s. */
    private static final Logger LOG = LoggerFactory.getLogger("rbac");

    /** The counters of one action's dry run. */
    private record Shadow(Family<Counter> allowed, Family<Counter> denied) {
        static Shadow of(MetricsRegistry metrics, String action) {
            String prefix = "istio_dry_run_" + action + "_shadow_";
            String help = " by the " + action.toUpperCase(java.util.Locale.ROOT) + " policies in dry run";
            return new Shadow(
                    metrics.counter(prefix + "allowed_total", "Would be allowed" + help, "destination", "policy"),
                    metrics.counter(prefix + "denied_total", "Would be denied" + help, "destination", "policy"));
        }

        void count(Marks.@Nullable DryRun mark, String destination) {
            if (mark == null) {
                return;
            }
            String policy = mark.policy();
            (mark.allowed() ? allowed : denied)
                    .with(destination, policy == null ? "" : policy)
                    .increment();
            LOG.debug("shadow {}{}{}", mark.result(), policy == null ? "" : ", matched policy ", mark.matched());
        }
    }

    private final Shadow deny;
    private final Shadow allow;
    private final Family<Counter> audited;

    public MarkMetrics(MetricsRegistry metrics) {
        deny = Shadow.of(metrics, "deny");
        allow = Shadow.of(metrics, "allow");
        audited = metrics.counter(
                "periplus_policy_audited_total", "Matched by a rule of an AUDIT policy", "destination", "policy");
    }

    /**
     * Counts the marks of one request or connection.
     *
     * @param marks {@code null} if it has none
     * @param destination the service or workload that it is for
     */
    public void count(@Nullable Marks marks, String destination) {
        if (marks == null) {
            return;
        }
        deny.count(marks.deny(), destination);
        allow.count(marks.allow(), destination);
        marks.audited().forEach(policy -> audited.with(destination, policy).increment());
    }
}
