package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Listeners that want the same port and host name of one Gateway, or the same port for protocols that exclude each other. */
public final class ConflictingGatewayAnalyzer implements Analyzer {
    private record Listener(KubeObject owner, String at, String name, String protocol) {}

    @Override
    public String name() {
        return "gateway.ConflictingGatewayAnalyzer";
    }

    @Override
    public String description() {
        return "Checks that the listeners of a Gateway and of its ListenerSets do not conflict";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.GATEWAY, ObjectKind.LISTENER_SET);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (KubeObject gateway : snapshot.all(ObjectKind.GATEWAY)) {
            List<KubeObject> owners = new ArrayList<>(List.of(gateway));
            snapshot.all(ObjectKind.LISTENER_SET).stream()
                    .filter(set -> isOf(set, gateway))
                    .forEach(owners::add);
            Map<String, Listener> taken = new HashMap<>();
            for (KubeObject owner : owners) {
                listeners(owner, taken, findings);
            }
        }
    }

    private static boolean isOf(KubeObject set, KubeObject gateway) {
        String namespace = set.text("/spec/parentRef/namespace");
        return set.text("/spec/parentRef/name").equals(gateway.name())
                && (namespace.isEmpty() ? set.namespace() : namespace).equals(gateway.namespace());
    }

    private static void listeners(KubeObject owner, Map<String, Listener> taken, Findings findings) {
        JsonNode listeners = owner.at("/spec/listeners");
        for (int i = 0; i < listeners.size(); i++) {
            JsonNode json = listeners.get(i);
            Listener listener = new Listener(
                    owner, "/spec/listeners/" + i, Json.text(json, "/name", ""), Json.text(json, "/protocol", ""));
            String port = Json.text(json, "/port", "");
            String host = port + "/" + Json.text(json, "/hostname", "*");
            Listener same = taken.putIfAbsent(host, listener);
            Listener first = taken.putIfAbsent(port, listener);
            if (same != null) {
                report(
                        listener,
                        same,
                        "port " + port + " and the host name " + host.substring(port.length() + 1),
                        findings);
            } else if (first != null && !family(first.protocol).equals(family(listener.protocol))) {
                report(listener, first, "port " + port + " for another protocol (" + first.protocol + ")", findings);
            }
        }
    }

    private static void report(Listener listener, Listener other, String what, Findings findings) {
        findings.report(
                Code.CONFLICTING_GATEWAYS,
                listener.owner,
                listener.at,
                "Conflict with listener \"" + other.name + "\" of " + other.owner.title() + ": both listener \""
                        + listener.name + "\" and it want " + what);
    }

    /** Protocols of one family may share a port. */
    private static String family(String protocol) {
        return protocol.equals("HTTPS") ? "TLS" : protocol;
    }
}
