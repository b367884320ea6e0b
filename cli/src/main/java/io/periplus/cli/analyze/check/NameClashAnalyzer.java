package io.periplus.cli.analyze.check;

import io.periplus.api.Annotations;
import io.periplus.api.Labels;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.analyze.snapshot.Waypoints;
import java.util.List;
import java.util.Set;

/** Objects of others that have the names which a Gateway's own objects need. */
public final class NameClashAnalyzer implements Analyzer {
    private static final List<ObjectKind> DEPLOYED =
            List.of(ObjectKind.SERVICE, ObjectKind.DEPLOYMENT, ObjectKind.SERVICE_ACCOUNT);

    @Override
    public String name() {
        return "waypoint.NameClashAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that the names which waypoints and Gateways need are not held by foreign objects";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.GATEWAY, ObjectKind.SERVICE, ObjectKind.DEPLOYMENT, ObjectKind.SERVICE_ACCOUNT);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (KubeObject gateway : snapshot.all(ObjectKind.GATEWAY)) {
            String name = deployedName(gateway);
            if (!name.isEmpty() && !isManual(gateway)) {
                DEPLOYED.forEach(kind -> clash(gateway, kind, name, snapshot, findings));
            }
        }
    }

    /** The name of what is deployed for a Gateway; empty for a class that this mesh does not deploy. */
    static String deployedName(KubeObject gateway) {
        String override = gateway.annotation(Annotations.GATEWAY_NAME_OVERRIDE);
        return switch (gateway.text("/spec/gatewayClassName")) {
            case Waypoints.CLASS -> override.isEmpty() ? gateway.name() : override;
            case "istio" -> override.isEmpty() ? gateway.name() + "-istio" : override;
            default -> "";
        };
    }

    /** Whether its user deploys it: a host name, or several addresses. */
    static boolean isManual(KubeObject gateway) {
        return gateway.at("/spec/addresses").size() > 1
                || gateway.text("/spec/addresses/0/type").equals("Hostname");
    }

    private static void clash(KubeObject gateway, ObjectKind kind, String name, Snapshot snapshot, Findings findings) {
        String account = gateway.annotation(Annotations.GATEWAY_SERVICE_ACCOUNT);
        if (kind == ObjectKind.SERVICE_ACCOUNT && !account.isEmpty()) {
            return;
        }
        KubeObject holder = snapshot.find(kind, gateway.namespace(), name);
        if (holder != null && holder.label(Labels.GATEWAY_MANAGED).isEmpty()) {
            findings.report(
                    Code.NAME_HELD_BY_FOREIGN_OBJECT,
                    gateway,
                    "The " + kind.title() + " that this Gateway needs cannot be made: a " + kind.title() + " \""
                            + name
                            + "\" that is not its own is there already; delete or rename it, or name the Gateway's"
                            + " objects with the annotation " + Annotations.GATEWAY_NAME_OVERRIDE);
        }
    }
}
