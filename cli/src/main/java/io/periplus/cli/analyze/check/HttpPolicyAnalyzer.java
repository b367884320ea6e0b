package io.periplus.cli.analyze.check;

import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.Enrolment;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.analyze.snapshot.Waypoints;
import io.periplus.cli.analyze.snapshot.Workload;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Policies that ask about HTTP where only ztunnel judges them, which does not see HTTP. */
public final class HttpPolicyAnalyzer implements Analyzer {
    @Override
    public String name() {
        return "ambient.HttpPolicyAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that policies with HTTP attributes apply to workloads behind a waypoint only";
    }

    @Override
    public Set<ObjectKind> reads() {
        Set<ObjectKind> kinds = EnumSet.of(ObjectKind.AUTHORIZATION_POLICY, ObjectKind.REQUEST_AUTHENTICATION);
        kinds.addAll(Waypoints.KINDS);
        kinds.addAll(Workload.KINDS);
        return kinds;
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        Waypoints waypoints = new Waypoints(snapshot);
        List<Workload> bare = Workload.all(snapshot).stream()
                .filter(workload -> !workload.isGatewayProxy() && isInMesh(workload, snapshot))
                .filter(workload -> !waypoints.isFronted(workload))
                .toList();
        for (KubeObject policy : snapshot.all(ObjectKind.AUTHORIZATION_POLICY)) {
            Set<String> attributes = HttpFields.of(policy);
            Workload affected = attributes.isEmpty() ? null : first(policy, bare, snapshot);
            if (affected != null) {
                findings.report(
                        Code.HTTP_POLICY_WITHOUT_WAYPOINT,
                        policy,
                        "/spec/rules",
                        "ztunnel judges this policy for " + affected.object().title()
                                + ", which no waypoint fronts, and does not see HTTP (" + String.join(", ", attributes)
                                + "): " + consequence(policy)
                                + ". Bind a waypoint (`istioctl waypoint apply -n " + affected.namespace()
                                + " --enroll-namespace`), or ask for ports and identities only");
            }
        }
        for (KubeObject authentication : snapshot.all(ObjectKind.REQUEST_AUTHENTICATION)) {
            Workload affected = first(authentication, bare, snapshot);
            if (affected != null) {
                findings.report(
                        Code.INEFFECTIVE_POLICY,
                        authentication,
                        "The policy has no effect on " + affected.object().title()
                                + ": tokens are validated at waypoints, and none fronts it");
            }
        }
    }

    private static @Nullable Workload first(KubeObject policy, List<Workload> workloads, Snapshot snapshot) {
        if (!policy.targets().isEmpty()) {
            return null;
        }
        Map<String, String> wanted = KubeObject.texts(policy.at("/spec/selector/matchLabels"));
        return workloads.stream()
                .filter(workload -> PolicySelectorAnalyzer.selects(policy, wanted, workload, snapshot))
                .findFirst()
                .orElse(null);
    }

    private static String consequence(KubeObject policy) {
        return switch (policy.text("/spec/action")) {
            case "DENY" -> "rules with HTTP attributes deny more than written, or nothing where they ask for no more";
            case "AUDIT", "CUSTOM" -> "the policy has no effect there";
            default -> "rules with HTTP attributes allow nothing";
        };
    }

    private static boolean isInMesh(Workload workload, Snapshot snapshot) {
        KubeObject namespace = snapshot.find(ObjectKind.NAMESPACE, "", workload.namespace());
        return !Enrolment.wanted(workload.labels(), namespace).isEmpty();
    }
}
