package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.Json;
import java.util.Set;

/** Listeners of Gateways that their users deploy themselves, on ports that the Service does not have. */
public final class GatewayPortAnalyzer implements Analyzer {
    @Override
    public String name() {
        return "gateway.IngressGatewayPortAnalyzer";
    }

    @Override
    public String description() {
        return "Checks the listeners' ports against the Service of a Gateway that its user deploys";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.GATEWAY, ObjectKind.SERVICE);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (KubeObject gateway : snapshot.all(ObjectKind.GATEWAY)) {
            if (gateway.text("/spec/addresses/0/type").equals("Hostname")) {
                String host = gateway.text("/spec/addresses/0/value");
                String[] parts = host.split("\\.");
                String namespace = parts.length > 1 ? parts[1] : gateway.namespace();
                KubeObject service = snapshot.find(ObjectKind.SERVICE, namespace, parts[0]);
                if (service == null) {
                    findings.report(
                            Code.REFERENCED_RESOURCE_NOT_FOUND,
                            gateway,
                            "/spec/addresses/0/value",
                            "Referenced Service not found: \"" + host + "\"");
                } else {
                    ports(gateway, service, findings);
                }
            }
        }
    }

    private static void ports(KubeObject gateway, KubeObject service, Findings findings) {
        JsonNode listeners = gateway.at("/spec/listeners");
        for (int i = 0; i < listeners.size(); i++) {
            String port = Json.text(listeners.get(i), "/port", "");
            boolean found = false;
            for (JsonNode offered : service.at("/spec/ports")) {
                found |= Json.text(offered, "/port", "").equals(port);
            }
            if (!found) {
                findings.report(
                        Code.GATEWAY_PORT_NOT_DEFINED_ON_SERVICE,
                        gateway,
                        "/spec/listeners/" + i + "/port",
                        "The gateway is listening on a target port (port " + port
                                + ") that is not defined in the Service associated with its workload instances ("
                                + service.title() + "). If you need to access the gateway port through the gateway"
                                + " Service, it will not be available");
            }
        }
    }
}
