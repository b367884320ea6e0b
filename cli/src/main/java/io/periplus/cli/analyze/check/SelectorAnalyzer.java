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

/** Policies that select the proxies of Gateways, which are told by target only. */
public final class SelectorAnalyzer implements Analyzer {
    private static final Set<ObjectKind> POLICIES =
            EnumSet.of(ObjectKind.AUTHORIZATION_POLICY, ObjectKind.REQUEST_AUTHENTICATION, ObjectKind.TELEMETRY);

    @Override
    public String name() {
        return "k8sgateway.SelectorAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that policies for Gateways use targetRefs and not a selector";
    }

    @Override
    public Set<ObjectKind> reads() {
        Set<ObjectKind> kinds = EnumSet.copyOf(POLICIES);
        kinds.addAll(Workload.KINDS);
        return kinds;
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        List<Workload> proxies =
                Workload.all(snapshot).stream().filter(Workload::isGatewayProxy).toList();
        for (ObjectKind kind : POLICIES) {
            for (KubeObject policy : snapshot.all(kind)) {
                Map<String, String> wanted = KubeObject.texts(policy.at("/spec/selector/matchLabels"));
                if (wanted.isEmpty()) {
                    continue;
                }
                proxies.stream()
                        .filter(proxy -> PolicySelectorAnalyzer.selects(policy, wanted, proxy, snapshot))
                        .findFirst()
                        .ifPresent(proxy -> findings.report(
                                Code.INEFFECTIVE_SELECTOR,
                                policy,
                                "/spec/selector",
                                "The selector of the policy selects "
                                        + proxy.object().title()
                                        + ", which is a proxy of a Gateway, and has no effect on it. Use targetRef"
                                        + " instead"));
            }
        }
    }
}
