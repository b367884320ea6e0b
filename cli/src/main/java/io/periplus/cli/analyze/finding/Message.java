package io.periplus.cli.analyze.finding;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.text.Json;
import java.util.Comparator;

/**
 * A finding.
 *
 * @param at JSON pointer of the field at fault, empty for the object as a whole
 * @param cluster empty when only one cluster was analysed
 */
public record Message(Code code, KubeObject subject, String at, String text, String cluster) {
    /** The worst first, then by code and object. */
    public static final Comparator<Message> ORDER = Comparator.comparing((Message m) -> m.code.level())
            .reversed()
            .thenComparing(m -> m.code.number())
            .thenComparing(Message::cluster)
            .thenComparing(m -> m.subject.title())
            .thenComparing(Message::text);

    /** {@code <file>:<line>}, or empty for an object of a cluster. */
    public String reference() {
        return subject.origin().reference(at);
    }

    /** One line of the log format; {@code level} is the level's name, coloured or not. */
    public String line(String level) {
        String where = subject.title() + (reference().isEmpty() ? "" : " " + reference());
        return level + " [" + code.number() + "]" + (cluster.isEmpty() ? "" : " [cluster-" + cluster + "]") + " ("
                + where + ") " + text;
    }

    /** As one element of the JSON format. */
    public ObjectNode json() {
        ObjectNode json = Json.MAPPER.createObjectNode().put("code", code.number());
        if (!code.documentationUrl().isEmpty()) {
            json.put("documentationUrl", code.documentationUrl());
        }
        json.put("level", code.level().title()).put("message", text).put("origin", subject.title());
        if (!reference().isEmpty()) {
            json.put("reference", reference());
        }
        if (!cluster.isEmpty()) {
            json.put("cluster", cluster);
        }
        return json;
    }
}
