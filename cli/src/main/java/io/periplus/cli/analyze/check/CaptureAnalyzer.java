package io.periplus.cli.analyze.check;

import io.periplus.api.Labels;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.Enrolment;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import java.util.Set;

/** Pods that should be in the mesh and are not. */
public final class CaptureAnalyzer implements Analyzer {
    @Override
    public String name() {
        return "ambient.CaptureAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that the pods of ambient namespaces are captured by ztunnel";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.POD, ObjectKind.NAMESPACE);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (KubeObject pod : snapshot.all(ObjectKind.POD)) {
            if (!pod.text("/status/phase").equals("Running")
                    || Enrolment.wanted(pod, snapshot).isEmpty()) {
                continue;
            }
            String state = pod.annotation(Labels.REDIRECTION);
            if (pod.at("/spec/hostNetwork").asBoolean()) {
                findings.report(
                        Code.POD_NOT_CAPTURED,
                        pod,
                        "The pod is in an ambient namespace but uses its node's network, which cannot be captured; label"
                                + " it " + Labels.DATAPLANE_MODE + "=none to say so");
            } else if (!state.equals("enabled")) {
                findings.report(
                        Code.POD_NOT_CAPTURED,
                        pod,
                        "The pod should be in the mesh (" + Enrolment.wanted(pod, snapshot) + ") but is not captured"
                                + (state.isEmpty() ? "" : " (" + Labels.REDIRECTION + ": " + state + ")")
                                + "; see the logs of istio-cni-node on node \"" + pod.text("/spec/nodeName") + "\"");
            }
        }
    }
}
