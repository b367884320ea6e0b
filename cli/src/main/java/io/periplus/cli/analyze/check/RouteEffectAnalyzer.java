package io.periplus.cli.analyze.check;

import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Reference;
import io.periplus.cli.analyze.snapshot.RouteReferences;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.analyze.snapshot.Waypoints;
import java.util.EnumSet;
import java.util.Set;

/** Routes that are attached where no proxy applies them. */
public final class RouteEffectAnalyzer implements Analyzer {
    @Override
    public String name() {
        return "route.EffectAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that a waypoint or Gateway of this mesh applies each route";
    }

    @Override
    public Set<ObjectKind> reads() {
        Set<ObjectKind> kinds = EnumSet.copyOf(RouteReferences.KINDS);
        kinds.addAll(Waypoints.KINDS);
        kinds.add(ObjectKind.SERVICE_ENTRY);
        kinds.add(ObjectKind.GATEWAY_CLASS);
        return kinds;
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        Waypoints waypoints = new Waypoints(snapshot);
        for (ObjectKind kind : RouteReferences.KINDS) {
            for (KubeObject route : snapshot.all(kind)) {
                for (Reference parent : RouteReferences.parents(route)) {
                    ObjectKind parentKind = ObjectKind.of(parent.group(), parent.kind());
                    KubeObject object =
                            parentKind == null ? null : snapshot.find(parentKind, parent.namespace(), parent.name());
                    if (object != null) {
                        attached(route, parent, object, waypoints, findings);
                    }
                }
            }
        }
    }

    private static void attached(
            KubeObject route, Reference parent, KubeObject object, Waypoints waypoints, Findings findings) {
        switch (object.kind()) {
            case SERVICE, SERVICE_ENTRY -> service(route, parent, object, waypoints, findings);
            case GATEWAY -> {
                String type = object.text("/spec/gatewayClassName");
                if (type.equals(Waypoints.CLASS)) {
                    report(
                            route,
                            parent,
                            "its parent " + object.title() + " is a waypoint; attach it to the Services behind the"
                                    + " waypoint instead",
                            findings);
                }
            }
            default -> {}
        }
    }

    private static void service(
            KubeObject route, Reference parent, KubeObject service, Waypoints waypoints, Findings findings) {
        if (service.text("/spec/clusterIP").equals("None")) {
            report(
                    route,
                    parent,
                    "its parent " + service.title() + " is headless and has no virtual address",
                    findings);
        } else if (waypoints.ofService(service) == null) {
            report(
                    route,
                    parent,
                    "no waypoint is bound to its parent " + service.title()
                            + "; label the Service or its namespace with istio.io/use-waypoint and run `istioctl waypoint"
                            + " apply -n " + service.namespace() + "`",
                    findings);
        }
    }

    private static void report(KubeObject route, Reference parent, String why, Findings findings) {
        findings.report(Code.ROUTE_WITHOUT_EFFECT, route, parent.pointer(), "The route has no effect: " + why);
    }
}
