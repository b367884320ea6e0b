package io.periplus.cli.analyze.check;

import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Several Telemetries for a whole namespace: only the oldest holds. */
public final class TelemetryDefaultAnalyzer implements Analyzer {
    @Override
    public String name() {
        return "telemetry.DefaultSelectorAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that at most one Telemetry of a namespace has neither selector nor target";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.TELEMETRY);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        Map<String, List<KubeObject>> byNamespace = snapshot.all(ObjectKind.TELEMETRY).stream()
                .filter(telemetry -> telemetry.at("/spec/selector/matchLabels").isEmpty())
                .filter(telemetry -> telemetry.targets().isEmpty())
                .collect(Collectors.groupingBy(KubeObject::namespace));
        byNamespace.forEach((namespace, telemetries) -> {
            String names = telemetries.stream().map(KubeObject::name).sorted().collect(Collectors.joining(","));
            if (telemetries.size() > 1) {
                telemetries.forEach(telemetry -> findings.report(
                        Code.MULTIPLE_TELEMETRIES_WITHOUT_WORKLOAD_SELECTORS,
                        telemetry,
                        "Multiple Telemetries (\"" + names + "\") in namespace \"" + namespace
                                + "\" have no workload selector, which can lead to undefined behavior."));
            }
        });
    }
}
