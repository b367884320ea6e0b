package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Deployments whose Services disagree about what a port speaks or where it leads. */
public final class MultiServiceAnalyzer implements Analyzer {
    @Override
    public String name() {
        return "deployment.MultiServiceAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that the Services of a Deployment agree about its ports";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.SERVICE, ObjectKind.DEPLOYMENT);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (KubeObject deployment : snapshot.all(ObjectKind.DEPLOYMENT)) {
            Map<String, String> labels = KubeObject.texts(deployment.at("/spec/template/metadata/labels"));
            List<KubeObject> services = snapshot.in(ObjectKind.SERVICE, deployment.namespace())
                    .filter(service -> selects(service, labels))
                    .toList();
            if (services.size() > 1) {
                ports(deployment, services, findings);
            }
        }
    }

    private static boolean selects(KubeObject service, Map<String, String> labels) {
        Map<String, String> wanted = KubeObject.texts(service.at("/spec/selector"));
        return !wanted.isEmpty() && labels.entrySet().containsAll(wanted.entrySet());
    }

    private static void ports(KubeObject deployment, List<KubeObject> services, Findings findings) {
        Map<String, Set<String>> protocols = new TreeMap<>();
        Map<String, Set<String>> targets = new TreeMap<>();
        for (KubeObject service : services) {
            for (JsonNode port : service.at("/spec/ports")) {
                String number = Json.text(port, "/port", "");
                String target = Json.text(port, "/targetPort", number);
                protocols.computeIfAbsent(target, _ -> new TreeSet<>()).add(Json.text(port, "/protocol", "TCP"));
                targets.computeIfAbsent(number, _ -> new TreeSet<>()).add(target);
            }
        }
        String names = String.join(
                ", ", services.stream().map(KubeObject::name).sorted().toList());
        protocols.forEach((port, used) -> {
            if (used.size() > 1) {
                findings.report(
                        Code.DEPLOYMENT_ASSOCIATED_TO_MULTIPLE_SERVICES,
                        deployment,
                        "This deployment " + deployment.name() + " is associated with multiple services using port "
                                + port + " but different protocols: " + names);
            }
        });
        targets.forEach((port, used) -> {
            if (used.size() > 1) {
                findings.report(
                        Code.DEPLOYMENT_CONFLICTING_PORTS,
                        deployment,
                        "This deployment " + deployment.name() + " is associated with multiple services (" + names
                                + ") using the same service port " + port + " but different targetPorts: "
                                + String.join(", ", used));
            }
        });
    }
}
