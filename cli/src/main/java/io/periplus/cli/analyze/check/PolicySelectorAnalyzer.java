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
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Selectors of policies that select nothing. */
public final class PolicySelectorAnalyzer implements Analyzer {
    /** Where each kind keeps the labels that it wants. */
    private static final String LABELS = "/spec/selector/matchLabels";

    private static final Set<ObjectKind> POLICIES = EnumSet.of(
            ObjectKind.AUTHORIZATION_POLICY,
            ObjectKind.PEER_AUTHENTICATION,
            ObjectKind.REQUEST_AUTHENTICATION,
            ObjectKind.TELEMETRY);

    @Override
    public String name() {
        return "policy.SelectorAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that the selectors of policies select some workload";
    }

    @Override
    public Set<ObjectKind> reads() {
        Set<ObjectKind> kinds = EnumSet.copyOf(POLICIES);
        kinds.addAll(Workload.KINDS);
        return kinds;
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        List<Workload> workloads = Workload.all(snapshot);
        for (ObjectKind kind : POLICIES) {
            for (KubeObject policy : snapshot.all(kind)) {
                Map<String, String> wanted = KubeObject.texts(policy.at(LABELS));
                if (!wanted.isEmpty() && workloads.stream().noneMatch(w -> selects(policy, wanted, w, snapshot))) {
                    findings.report(
                            Code.NO_MATCHING_WORKLOADS_FOUND,
                            policy,
                            LABELS,
                            "No matching workloads for this resource with the following labels: " + text(wanted));
                }
            }
        }
    }

    /** Whether a policy with these labels selects a workload. */
    static boolean selects(KubeObject policy, Map<String, String> wanted, Workload workload, Snapshot snapshot) {
        boolean inReach = policy.namespace().equals(workload.namespace())
                || policy.namespace().equals(snapshot.systemNamespace());
        return inReach && workload.matches(wanted);
    }

    private static String text(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }
}
