package io.periplus.cli.analyze.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.cli.text.Json;
import java.util.ArrayList;
import java.util.List;

/** The Secrets that listeners name for their certificates. */
public final class Credentials {
    private static final String UNREADABLE = "periplus.io/unreadable";

    private Credentials() {}

    /** The references of all Gateways and ListenerSets. */
    static List<Reference> of(Snapshot snapshot) {
        List<Reference> all = new ArrayList<>();
        snapshot.all(ObjectKind.GATEWAY).forEach(gateway -> all.addAll(of(gateway)));
        snapshot.all(ObjectKind.LISTENER_SET).forEach(set -> all.addAll(of(set)));
        return all;
    }

    /** The references of one Gateway or ListenerSet to Secrets. */
    public static List<Reference> of(KubeObject gateway) {
        List<Reference> references = new ArrayList<>();
        JsonNode listeners = gateway.at("/spec/listeners");
        for (int i = 0; i < listeners.size(); i++) {
            JsonNode certificates = listeners.get(i).at("/tls/certificateRefs");
            for (int j = 0; j < certificates.size(); j++) {
                String pointer = "/spec/listeners/" + i + "/tls/certificateRefs/" + j;
                Reference reference = Reference.of(certificates.get(j), "", "Secret", gateway.namespace(), pointer);
                if (reference.group().isEmpty() && reference.kind().equals("Secret")) {
                    references.add(reference);
                }
            }
        }
        return references;
    }

    /** Stands for a Secret that is there, or not, but may not be read. */
    static ObjectNode unreadable(Reference reference) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.putObject("metadata")
                .put("name", reference.name())
                .putObject("annotations")
                .put(UNREADABLE, "true");
        return body;
    }

    /** Whether nothing is known of a Secret but that somebody names it. */
    public static boolean isUnreadable(KubeObject secret) {
        return !secret.annotation(UNREADABLE).isEmpty();
    }
}
