package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.Json;
import java.util.EnumSet;
import java.util.Set;

/** Conditions by which controllers say that something is not as it should be. */
public final class ConditionAnalyzer implements Analyzer {
    private static final Set<ObjectKind> KINDS = EnumSet.of(
            ObjectKind.SERVICE,
            ObjectKind.SERVICE_ENTRY,
            ObjectKind.WORKLOAD_ENTRY,
            ObjectKind.AUTHORIZATION_POLICY,
            ObjectKind.REQUEST_AUTHENTICATION,
            ObjectKind.PEER_AUTHENTICATION,
            ObjectKind.DESTINATION_RULE,
            ObjectKind.TELEMETRY,
            ObjectKind.GATEWAY,
            ObjectKind.LISTENER_SET,
            ObjectKind.HTTP_ROUTE,
            ObjectKind.GRPC_ROUTE,
            ObjectKind.TLS_ROUTE,
            ObjectKind.TCP_ROUTE,
            ObjectKind.BACKEND_TLS_POLICY,
            ObjectKind.RATE_LIMIT_POLICY);

    /** True where they are good. */
    private static final Set<String> POSITIVE = Set.of(
            "Accepted",
            "Programmed",
            "ResolvedRefs",
            "ResolvedWaypoints",
            "istio.io/WaypointBound",
            "ZtunnelAccepted",
            "WaypointAccepted");

    /** True where they are bad. */
    private static final Set<String> NEGATIVE = Set.of("Conflicted", "istio.io/WaypointMissing");

    /** Accepted, but not all of it. */
    private static final Set<String> PARTIAL = Set.of("PartiallyInvalid");

    @Override
    public String name() {
        return "conditions.ConditionAnalyzer";
    }

    @Override
    public String description() {
        return "Checks the conditions that the control plane wrote into statuses";
    }

    @Override
    public Set<ObjectKind> reads() {
        return KINDS;
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (ObjectKind kind : KINDS) {
            for (KubeObject object : snapshot.all(kind)) {
                conditions(object, object.at("/status/conditions"), findings);
                for (String list : Set.of("parents", "ancestors", "listeners")) {
                    object.at("/status/" + list)
                            .forEach(entry -> conditions(object, entry.path("conditions"), findings));
                }
            }
        }
    }

    private static void conditions(KubeObject object, JsonNode conditions, Findings findings) {
        for (JsonNode condition : conditions) {
            String type = Json.text(condition, "/type", "");
            String status = Json.text(condition, "/status", "");
            String reason = Json.text(condition, "/reason", "");
            boolean bad = POSITIVE.contains(type) && (status.equals("False") || PARTIAL.contains(reason))
                    || NEGATIVE.contains(type) && status.equals("True");
            if (bad || (PARTIAL.contains(type) && status.equals("True"))) {
                findings.report(
                        Code.NEGATIVE_CONDITION_STATUS,
                        object,
                        "/status",
                        "A condition with a negative status is present: type=%s, reason=%s, message=%s."
                                .formatted(type, reason, Json.text(condition, "/message", "")));
            }
        }
    }
}
