package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.MeshConfig;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.Json;
import java.util.Map;
import java.util.Set;

/** Telemetries for which nobody is named to send to, or somebody who does not exist. */
public final class TelemetryProviderAnalyzer implements Analyzer {
    /** From the field to the mesh configuration's name for its default. */
    private static final Map<String, String> SORTS = Map.of("tracing", "tracing", "accessLogging", "accessLogging");

    @Override
    public String name() {
        return "telemetry.ProviderAnalyzer";
    }

    @Override
    public String description() {
        return "Checks the providers of Telemetries";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.TELEMETRY, ObjectKind.CONFIG_MAP);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        MeshConfig mesh = MeshConfig.of(snapshot);
        for (KubeObject telemetry : snapshot.all(ObjectKind.TELEMETRY)) {
            SORTS.forEach((field, sort) -> {
                JsonNode entries = telemetry.at("/spec/" + field);
                for (int i = 0; i < entries.size(); i++) {
                    providers(telemetry, entries.get(i), "/spec/" + field + "/" + i, sort, mesh, findings);
                }
            });
        }
    }

    private static void providers(
            KubeObject telemetry, JsonNode entry, String at, String sort, MeshConfig mesh, Findings findings) {
        JsonNode providers = entry.path("providers");
        boolean off = entry.path("disabled").asBoolean()
                || entry.path("disableSpanReporting").asBoolean();
        if (providers.isEmpty() && !off && !mesh.hasDefaultProvider(sort)) {
            findings.report(
                    Code.INVALID_TELEMETRY_PROVIDER,
                    telemetry,
                    at,
                    "The Telemetry %s in namespace %s with empty providers will be ignored."
                            .formatted(telemetry.name(), telemetry.namespace()));
        }
        for (int i = 0; i < providers.size(); i++) {
            String name = Json.text(providers.get(i), "/name", "");
            if (!mesh.hasProvider(name)) {
                findings.report(
                        Code.REFERENCED_RESOURCE_NOT_FOUND,
                        telemetry,
                        at + "/providers/" + i,
                        "Referenced extension provider not found: \"" + name + "\"");
            }
        }
    }
}
