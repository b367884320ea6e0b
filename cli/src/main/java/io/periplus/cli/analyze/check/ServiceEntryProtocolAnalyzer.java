package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** ServiceEntries that say different protocols for the same host and port. */
public final class ServiceEntryProtocolAnalyzer implements Analyzer {
    private record Claim(KubeObject entry, String protocol) {}

    @Override
    public String name() {
        return "serviceentry.ConflictingServiceEntryProtocolAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that ServiceEntries agree about the protocol of a host's port";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.SERVICE_ENTRY);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        Map<String, Claim> claims = new HashMap<>();
        for (KubeObject entry : snapshot.all(ObjectKind.SERVICE_ENTRY)) {
            for (JsonNode host : entry.at("/spec/hosts")) {
                JsonNode ports = entry.at("/spec/ports");
                for (int i = 0; i < ports.size(); i++) {
                    String port = host.asText() + ":" + Json.text(ports.get(i), "/number", "");
                    Claim claim = new Claim(entry, Json.text(ports.get(i), "/protocol", "TCP"));
                    Claim first = claims.putIfAbsent(port, claim);
                    if (first != null && !first.protocol.equals(claim.protocol)) {
                        conflict(port, claim, first, "/spec/ports/" + i, findings);
                    }
                }
            }
        }
    }

    private static void conflict(String port, Claim claim, Claim first, String at, Findings findings) {
        findings.report(
                Code.CONFLICTING_SERVICE_ENTRY_PROTOCOLS,
                claim.entry,
                at,
                "%s is %s here but %s in %s: which of them holds is not defined"
                        .formatted(port, claim.protocol, first.protocol, first.entry.title()));
    }
}
