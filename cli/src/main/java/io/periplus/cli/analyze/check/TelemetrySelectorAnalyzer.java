package io.periplus.cli.analyze.check;

import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.analyze.snapshot.Workload;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Two Telemetries with selectors for the same pod: only the older one holds. */
public final class TelemetrySelectorAnalyzer implements Analyzer {
    @Override
    public String name() {
        return "telemetry.SelectorAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that at most one Telemetry selects a pod";
    }

    @Override
    public Set<ObjectKind> reads() {
        Set<ObjectKind> kinds = EnumSet.of(ObjectKind.TELEMETRY);
        kinds.addAll(Workload.KINDS);
        return kinds;
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (Workload workload : Workload.all(snapshot)) {
            List<KubeObject> selecting = snapshot.in(ObjectKind.TELEMETRY, workload.namespace())
                    .filter(telemetry -> {
                        Map<String, String> wanted = KubeObject.texts(telemetry.at("/spec/selector/matchLabels"));
                        return !wanted.isEmpty() && workload.matches(wanted);
                    })
                    .toList();
            if (selecting.size() > 1) {
                List<String> names = selecting.stream().map(KubeObject::name).toList();
                selecting.forEach(telemetry -> findings.report(
                        Code.CONFLICTING_TELEMETRY_WORKLOAD_SELECTORS,
                        telemetry,
                        "/spec/selector",
                        "The Telemetries \"%s\" in namespace \"%s\" select the same workload \"%s\", which can lead to"
                                        .formatted(
                                                String.join(",", names),
                                                telemetry.namespace(),
                                                workload.object().name())
                                + " undefined behavior."));
            }
        }
    }
}
