package io.periplus.ztunnel;

import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.Marks;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A line for each decision of the policies, and one for what those in dry run would have decided. */
final class PolicyLog {
    private static final Logger LOG = LoggerFactory.getLogger("rbac");

    private final Level level;

    /** @param info whether these lines are worth more than debugging */
    PolicyLog(boolean info) {
        this.level = info ? Level.INFO : Level.DEBUG;
    }

    /** @param marks of policies that decide nothing; {@code null} if there are none */
    void decided(ConnectionAttributes connection, Decision decision, @Nullable Marks marks) {
        if (!LOG.isEnabledForLevel(level)) {
            return;
        }
        String who = "%s (%s) to %s"
                .formatted(
                        connection.source(),
                        connection.client() == null ? "no identity" : connection.client(),
                        Authority.of(connection.destination(), connection.destinationPort()));
        LOG.atLevel(level).log("{}: {}", who, text(decision));
        if (marks != null) {
            dryRun(who, "DENY", marks.deny());
            dryRun(who, "ALLOW", marks.allow());
        }
    }

    private static String text(Decision decision) {
        return switch (decision) {
            case Decision.Allowed(String policy, int _) ->
                policy == null ? "allowed: no policy allows only others" : "allowed by: " + policy;
            case Decision.Denied denied -> "denied: " + denied.logText();
        };
    }

    private void dryRun(String who, String action, Marks.@Nullable DryRun mark) {
        if (mark != null) {
            String policy = mark.policy();
            LOG.atLevel(level)
                    .log(
                            "{}: would be {} by the {} policies in dry run{}",
                            who,
                            mark.result(),
                            action,
                            policy == null ? "" : ": " + policy);
        }
    }
}
