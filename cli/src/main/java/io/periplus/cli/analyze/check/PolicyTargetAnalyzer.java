package io.periplus.cli.analyze.check;

import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Reference;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.analyze.snapshot.Waypoints;
import java.util.EnumSet;
import java.util.Set;

/** Targets of policies that do not exist, or that no proxy serves which could enforce the policy. */
public final class PolicyTargetAnalyzer implements Analyzer {
    private static final Set<ObjectKind> POLICIES = EnumSet.of(
            ObjectKind.AUTHORIZATION_POLICY,
            ObjectKind.REQUEST_AUTHENTICATION,
            ObjectKind.TELEMETRY,
            ObjectKind.RATE_LIMIT_POLICY);

    @Override
    public String name() {
        return "policy.TargetAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that the targets of policies exist and that a waypoint or Gateway serves them";
    }

    @Override
    public Set<ObjectKind> reads() {
        Set<ObjectKind> kinds = EnumSet.copyOf(POLICIES);
        kinds.addAll(Waypoints.KINDS);
        kinds.add(ObjectKind.SERVICE_ENTRY);
        kinds.add(ObjectKind.GATEWAY_CLASS);
        kinds.add(ObjectKind.HTTP_ROUTE);
        kinds.add(ObjectKind.GRPC_ROUTE);
        return kinds;
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        Waypoints waypoints = new Waypoints(snapshot);
        for (ObjectKind kind : POLICIES) {
            for (KubeObject policy : snapshot.all(kind)) {
                policy.targets().forEach(target -> target(policy, target, snapshot, waypoints, findings));
            }
        }
    }

    private static void target(
            KubeObject policy, Reference target, Snapshot snapshot, Waypoints waypoints, Findings findings) {
        ObjectKind kind = ObjectKind.of(target.group(), target.kind());
        if (kind == null) {
            findings.report(
                    Code.INEFFECTIVE_POLICY,
                    policy,
                    target.pointer(),
                    "The policy has no effect on its target: kind \"" + target.kind() + "\" of group \""
                            + target.group() + "\" is none that policies attach to");
            return;
        }
        KubeObject object = snapshot.find(kind, policy.namespace(), target.name());
        if (object == null) {
            String name = kind.namespaced() ? policy.namespace() + "/" + target.name() : target.name();
            findings.report(
                    Code.REFERENCED_RESOURCE_NOT_FOUND,
                    policy,
                    target.pointer(),
                    "Referenced " + kind.title() + " not found: \"" + name + "\"");
        } else if ((kind == ObjectKind.SERVICE || kind == ObjectKind.SERVICE_ENTRY)
                && waypoints.ofService(object) == null) {
            findings.report(
                    Code.INEFFECTIVE_POLICY,
                    policy,
                    target.pointer(),
                    "The policy has no effect: no waypoint is bound to " + object.title()
                            + "; label it or its namespace with istio.io/use-waypoint and run `istioctl waypoint apply"
                            + " -n " + object.namespace() + "`");
        } else if (kind == ObjectKind.GATEWAY_CLASS && !policy.namespace().equals(snapshot.systemNamespace())) {
            findings.report(
                    Code.INEFFECTIVE_POLICY,
                    policy,
                    target.pointer(),
                    "The policy has no effect: one that targets a GatewayClass must be in the namespace "
                            + snapshot.systemNamespace());
        }
    }
}
