package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.Labels;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.Json;
import java.util.Set;

/** Port names that do not say which protocol is spoken. */
public final class PortNameAnalyzer implements Analyzer {
    private static final Set<String> PROTOCOLS = Set.of(
            "http", "https", "http2", "grpc", "grpc-web", "tcp", "tls", "mongo", "mysql", "redis", "udp", "hbone");

    @Override
    public String name() {
        return "service.PortNameAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that the ports of Services say their protocol, by name or appProtocol";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.SERVICE);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (KubeObject service : snapshot.all(ObjectKind.SERVICE)) {
            boolean ofTheSystem = service.namespace().equals("kube-system")
                    || service.namespace().equals(snapshot.systemNamespace());
            if (!ofTheSystem && service.label(Labels.GATEWAY_MANAGED).isEmpty()) {
                ports(service, findings);
            }
        }
    }

    private static void ports(KubeObject service, Findings findings) {
        boolean external = service.text("/spec/type").equals("ExternalName");
        JsonNode ports = service.at("/spec/ports");
        for (int i = 0; i < ports.size(); i++) {
            JsonNode port = ports.get(i);
            if (port.hasNonNull("appProtocol") || isProtocol(Json.text(port, "/name", ""))) {
                continue;
            }
            String at = "/spec/ports/" + i;
            if (external) {
                findings.report(
                        Code.EXTERNAL_NAME_SERVICE_TYPE_INVALID_PORT_NAME,
                        service,
                        at,
                        "Port name for ExternalName service is invalid. Proxy may prevent tcp named ports and unmatched"
                                + " traffic for ports serving TCP protocol from being forwarded correctly");
                continue;
            }
            String number = Json.text(port, "/port", "0");
            findings.report(
                    Code.PORT_NAME_IS_NOT_UNDER_NAMING_CONVENTION,
                    service,
                    at,
                    "Port name %s (port: %s, targetPort: %s) doesn't follow the naming convention of Istio port."
                            .formatted(Json.text(port, "/name", ""), number, Json.text(port, "/targetPort", number)));
        }
    }

    /** A protocol, alone or before a dash. */
    private static boolean isProtocol(String name) {
        int dash = name.indexOf('-');
        return PROTOCOLS.contains(name)
                || name.startsWith("grpc-web-")
                || (dash > 0 && PROTOCOLS.contains(name.substring(0, dash)));
    }
}
