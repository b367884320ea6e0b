package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a workload demands of its clients, by the documentation of PeerAuthentication: port over workload over namespace over
 * mesh, UNSET inherits, the oldest wins within a level, and a mesh that says nothing is PERMISSIVE.
 */
final class EffectiveMtls {
    private static final String UNSET = "UNSET";

    private EffectiveMtls() {}

    /** {@code mode}, {@code applied} (names) and {@code ports} with modes of their own. */
    static ObjectNode of(Snapshot snapshot, String namespace, Map<String, String> labels) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        String mode = "PERMISSIVE";
        var applied = Json.MAPPER.createArrayNode();
        Optional<KubeObject> mesh = oldest(wide(snapshot, snapshot.systemNamespace()));
        Optional<KubeObject> own =
                namespace.equals(snapshot.systemNamespace()) ? Optional.empty() : oldest(wide(snapshot, namespace));
        Optional<KubeObject> selecting = namespace.equals(snapshot.systemNamespace())
                ? Optional.empty()
                : oldest(snapshot.in(ObjectKind.PEER_AUTHENTICATION, namespace)
                        .filter(peer -> !selector(peer).isEmpty()
                                && labels.entrySet().containsAll(selector(peer).entrySet())));
        for (Optional<KubeObject> level : List.of(mesh, own, selecting)) {
            if (level.isPresent()) {
                KubeObject peer = level.get();
                applied.add(peer.name() + "." + peer.namespace());
                String said = peer.text("/spec/mtls/mode");
                mode = said.isEmpty() || said.equals(UNSET) ? mode : said;
            }
        }
        json.put("mode", mode);
        json.set("applied", applied);
        ObjectNode ports = Json.MAPPER.createObjectNode();
        selecting.ifPresent(peer -> peer.at("/spec/portLevelMtls").properties().forEach(port -> {
            String said = Json.text(port.getValue(), "/mode", UNSET);
            if (!said.equals(UNSET)) {
                ports.put(port.getKey(), said);
            }
        }));
        if (!ports.isEmpty()) {
            json.set("ports", ports);
        }
        return json;
    }

    private static Stream<KubeObject> wide(Snapshot snapshot, String namespace) {
        return snapshot.in(ObjectKind.PEER_AUTHENTICATION, namespace)
                .filter(peer -> selector(peer).isEmpty());
    }

    private static Optional<KubeObject> oldest(Stream<KubeObject> peers) {
        return peers.min(Comparator.comparing((KubeObject peer) -> peer.text("/metadata/creationTimestamp"))
                .thenComparing(KubeObject::name));
    }

    private static Map<String, String> selector(KubeObject peer) {
        return KubeObject.texts(peer.at("/spec/selector/matchLabels"));
    }
}
