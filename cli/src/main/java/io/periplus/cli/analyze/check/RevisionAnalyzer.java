package io.periplus.cli.analyze.check;

import io.periplus.api.Labels;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.analyze.snapshot.Waypoints;
import java.util.Set;
import java.util.TreeSet;

/** Waypoints and Gateways of a revision of which no control plane runs here. */
public final class RevisionAnalyzer implements Analyzer {
    private static final String DEFAULT = "default";

    @Override
    public String name() {
        return "waypoint.RevisionAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that a control plane of a Gateway's revision runs in the cluster";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.GATEWAY, ObjectKind.NAMESPACE, ObjectKind.DEPLOYMENT, ObjectKind.SERVICE);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        Set<String> revisions = new TreeSet<>();
        snapshot.in(ObjectKind.DEPLOYMENT, snapshot.systemNamespace())
                .filter(deployment -> deployment.label("app").equals("istiod"))
                .forEach(deployment -> revisions.add(
                        deployment.label(Labels.REVISION).isEmpty() ? DEFAULT : deployment.label(Labels.REVISION)));
        if (revisions.isEmpty()) {
            return;
        }
        Set<String> names = new TreeSet<>(revisions);
        snapshot.in(ObjectKind.SERVICE, snapshot.systemNamespace())
                .filter(service -> revisions.contains(service.label(Labels.REVISION)))
                .map(service -> service.label(Labels.REVISION_TAG))
                .filter(tag -> !tag.isEmpty())
                .forEach(names::add);
        for (KubeObject gateway : snapshot.all(ObjectKind.GATEWAY)) {
            String type = gateway.text("/spec/gatewayClassName");
            String wanted = revision(gateway, snapshot);
            if ((type.equals(Waypoints.CLASS) || type.equals("istio")) && !names.contains(wanted)) {
                findings.report(
                        Code.GATEWAY_OF_UNKNOWN_REVISION,
                        gateway,
                        "No control plane of revision \"" + wanted + "\" is here to deploy this Gateway (running: "
                                + String.join(", ", names) + "); change the label " + Labels.REVISION);
            }
        }
    }

    private static String revision(KubeObject gateway, Snapshot snapshot) {
        String own = gateway.label(Labels.REVISION);
        if (!own.isEmpty()) {
            return own;
        }
        KubeObject namespace = snapshot.find(ObjectKind.NAMESPACE, "", gateway.namespace());
        String inherited = namespace == null ? "" : namespace.label(Labels.REVISION);
        return inherited.isEmpty() ? DEFAULT : inherited;
    }
}
