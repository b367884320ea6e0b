package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Reference;
import io.periplus.cli.analyze.snapshot.RouteReferences;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.Json;
import java.util.EnumSet;
import java.util.Set;

/** Parents and backends of routes that do not exist, or lack the port. */
public final class RouteReferenceAnalyzer implements Analyzer {
    @Override
    public String name() {
        return "route.ReferenceAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that the parents and backends of routes exist";
    }

    @Override
    public Set<ObjectKind> reads() {
        Set<ObjectKind> kinds = EnumSet.copyOf(RouteReferences.KINDS);
        kinds.addAll(Set.of(ObjectKind.GATEWAY, ObjectKind.LISTENER_SET, ObjectKind.SERVICE, ObjectKind.SERVICE_ENTRY));
        return kinds;
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (ObjectKind kind : RouteReferences.KINDS) {
            for (KubeObject route : snapshot.all(kind)) {
                RouteReferences.parents(route).forEach(parent -> exists(route, parent, snapshot, findings));
                RouteReferences.backends(route).forEach(backend -> backend(route, backend, snapshot, findings));
            }
        }
    }

    private static void exists(KubeObject route, Reference reference, Snapshot snapshot, Findings findings) {
        ObjectKind kind = ObjectKind.of(reference.group(), reference.kind());
        if (kind != null && snapshot.find(kind, reference.namespace(), reference.name()) == null) {
            missing(route, reference, reference.kind(), findings);
        }
    }

    private static void backend(KubeObject route, Reference backend, Snapshot snapshot, Findings findings) {
        if (backend.kind().equals("Hostname")) {
            return;
        }
        exists(route, backend, snapshot, findings);
        ObjectKind kind = ObjectKind.of(backend.group(), backend.kind());
        KubeObject service =
                kind == ObjectKind.SERVICE ? snapshot.find(kind, backend.namespace(), backend.name()) : null;
        String port = route.text(backend.pointer() + "/port");
        if (service != null && !port.isEmpty() && !hasPort(service, port)) {
            findings.report(
                    Code.REFERENCED_RESOURCE_NOT_FOUND,
                    route,
                    backend.pointer() + "/port",
                    "Referenced port not found: \"" + port + "\" of " + service.title());
        }
    }

    private static boolean hasPort(KubeObject service, String port) {
        for (JsonNode entry : service.at("/spec/ports")) {
            if (Json.text(entry, "/port", "").equals(port)) {
                return true;
            }
        }
        return false;
    }

    private static void missing(KubeObject route, Reference reference, String what, Findings findings) {
        findings.report(
                Code.REFERENCED_RESOURCE_NOT_FOUND,
                route,
                reference.pointer(),
                "Referenced " + what + " not found: \"" + reference.namespace() + "/" + reference.name() + "\"");
    }
}
