package io.periplus.cli.analyze.check;

import io.periplus.api.Labels;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.LocatedYaml;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Labels of the mesh whose value means nothing, or that ask for sidecars. */
public final class LabelAnalyzer implements Analyzer {
    private static final Map<String, Set<String>> VALUES = Map.of(
            Labels.DATAPLANE_MODE, Set.of("ambient", "none"),
            Labels.WAYPOINT_FOR, Set.of("service", "workload", "all", "none"));

    private static final List<ObjectKind> BEARERS =
            List.of(ObjectKind.NAMESPACE, ObjectKind.POD, ObjectKind.GATEWAY, ObjectKind.GATEWAY_CLASS);

    @Override
    public String name() {
        return "ambient.LabelAnalyzer";
    }

    @Override
    public String description() {
        return "Checks the labels that enrol namespaces, pods and waypoints";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.copyOf(BEARERS);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (ObjectKind kind : BEARERS) {
            for (KubeObject object : snapshot.all(kind)) {
                VALUES.forEach((label, values) -> value(object, label, values, findings));
            }
        }
        for (KubeObject namespace : snapshot.all(ObjectKind.NAMESPACE)) {
            if (namespace.label("istio-injection").equals("enabled")
                    && namespace.label(Labels.DATAPLANE_MODE).isEmpty()) {
                findings.report(
                        Code.LABEL_WITHOUT_EFFECT,
                        namespace,
                        "/metadata/labels/istio-injection",
                        "The label has no effect: this mesh injects no sidecars. Run 'kubectl label namespace "
                                + namespace.name() + " " + Labels.DATAPLANE_MODE
                                + "=ambient' to bring it into the mesh");
            }
        }
    }

    private static void value(KubeObject object, String label, Set<String> values, Findings findings) {
        String value = object.label(label);
        if (!value.isEmpty() && !values.contains(value)) {
            findings.report(
                    Code.LABEL_WITHOUT_EFFECT,
                    object,
                    "/metadata/labels/" + LocatedYaml.escape(label),
                    "The label " + label + " has the value \"" + value + "\", which means nothing (expected "
                            + String.join(", ", values.stream().sorted().toList()) + ")");
        }
    }
}
