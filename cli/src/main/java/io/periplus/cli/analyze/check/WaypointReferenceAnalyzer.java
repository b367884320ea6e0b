package io.periplus.cli.analyze.check;

import io.periplus.api.Labels;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.analyze.snapshot.Waypoints;
import io.periplus.cli.text.LocatedYaml;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Labels that ask for a waypoint which does not exist, or which takes other traffic. */
public final class WaypointReferenceAnalyzer implements Analyzer {
    private static final List<ObjectKind> BEARERS = List.of(
            ObjectKind.NAMESPACE,
            ObjectKind.SERVICE,
            ObjectKind.SERVICE_ENTRY,
            ObjectKind.POD,
            ObjectKind.WORKLOAD_ENTRY);

    @Override
    public String name() {
        return "waypoint.ReferenceAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that the waypoints that labels ask for exist and take that traffic";
    }

    @Override
    public Set<ObjectKind> reads() {
        Set<ObjectKind> kinds = EnumSet.copyOf(BEARERS);
        kinds.addAll(Waypoints.KINDS);
        kinds.add(ObjectKind.GATEWAY_CLASS);
        return kinds;
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        Waypoints waypoints = new Waypoints(snapshot);
        for (ObjectKind kind : BEARERS) {
            for (KubeObject object : snapshot.all(kind)) {
                String name = object.label(Labels.USE_WAYPOINT);
                if (!name.isEmpty() && !name.equals("none")) {
                    label(object, name, snapshot, waypoints, findings);
                }
            }
        }
    }

    private static void label(
            KubeObject object, String name, Snapshot snapshot, Waypoints waypoints, Findings findings) {
        String in = object.label(Labels.USE_WAYPOINT_NAMESPACE);
        String home = object.kind() == ObjectKind.NAMESPACE ? object.name() : object.namespace();
        String namespace = in.isEmpty() ? home : in;
        String at = "/metadata/labels/" + LocatedYaml.escape(Labels.USE_WAYPOINT);
        KubeObject gateway = snapshot.find(ObjectKind.GATEWAY, namespace, name);
        if (gateway == null) {
            findings.report(
                    Code.REFERENCED_RESOURCE_NOT_FOUND,
                    object,
                    at,
                    "Referenced waypoint not found: \"" + namespace + "/" + name
                            + "\" (traffic goes without one, or is refused where policies need it)");
            return;
        }
        String traffic = waypoints.traffic(gateway);
        boolean pods = object.kind() == ObjectKind.POD || object.kind() == ObjectKind.WORKLOAD_ENTRY;
        boolean services = object.kind() == ObjectKind.SERVICE || object.kind() == ObjectKind.SERVICE_ENTRY;
        if ((pods && traffic.equals("service")) || (services && traffic.equals("workload")) || traffic.equals("none")) {
            findings.report(
                    Code.LABEL_WITHOUT_EFFECT,
                    object,
                    at,
                    "The label has no effect: waypoint " + namespace + "/" + name + " is for traffic of type \""
                            + traffic + "\" (label " + Labels.WAYPOINT_FOR + " of the Gateway)");
        }
    }
}
