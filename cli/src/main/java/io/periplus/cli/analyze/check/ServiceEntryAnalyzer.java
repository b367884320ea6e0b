package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.Json;
import java.util.Set;

/** ServiceEntries whose traffic cannot be told apart without addresses of their own. */
public final class ServiceEntryAnalyzer implements Analyzer {
    private static final Set<String> NAMED = Set.of("HTTP", "HTTP2", "GRPC", "GRPC-WEB", "HTTPS", "TLS");

    @Override
    public String name() {
        return "serviceentry.Analyzer";
    }

    @Override
    public String description() {
        return "Checks that ServiceEntries have the addresses that their protocols need";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.SERVICE_ENTRY);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (KubeObject entry : snapshot.all(ObjectKind.SERVICE_ENTRY)) {
            boolean allocated = !entry.text("/spec/resolution").equals("NONE")
                    && !entry.text("/spec/resolution").isEmpty()
                    && !entry.label("networking.istio.io/enable-autoallocate-ip")
                            .equals("false");
            if (!entry.at("/spec/addresses").isEmpty() || allocated) {
                continue;
            }
            JsonNode ports = entry.at("/spec/ports");
            for (int i = 0; i < ports.size(); i++) {
                String protocol = Json.text(ports.get(i), "/protocol", "");
                if (!NAMED.contains(protocol)) {
                    findings.report(
                            Code.SERVICE_ENTRY_ADDRESSES_REQUIRED,
                            entry,
                            "/spec/ports/" + i,
                            "ServiceEntry addresses are required for this protocol"
                                    + (protocol.isEmpty() ? "." : " (" + protocol + ")."));
                }
            }
        }
    }
}
