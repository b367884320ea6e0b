package io.periplus.cli.analyze.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.NamespacedName;
import io.periplus.cli.text.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An object.
 *
 * @param namespace empty for one that belongs to none
 * @param body the whole object
 */
public record KubeObject(ObjectKind kind, String namespace, String name, JsonNode body, Origin origin) {
    /** An object of a list or manifest; {@code namespace} stands in where it names none. */
    public static KubeObject of(ObjectKind kind, JsonNode body, String namespace, Origin origin) {
        String own = Json.text(body, "/metadata/namespace", "");
        return new KubeObject(
                kind,
                kind.namespaced() ? (own.isEmpty() ? namespace : own) : "",
                Json.text(body, "/metadata/name", ""),
                body,
                origin);
    }

    /** {@code Service shop/web}. */
    public String title() {
        return kind.title() + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }

    /** Namespace and name. */
    public NamespacedName key() {
        return new NamespacedName(namespace, name);
    }

    /** The field's text, or empty. */
    public String text(String pointer) {
        return Json.text(body, pointer, "");
    }

    /** The field, perhaps missing. */
    public JsonNode at(String pointer) {
        return body.at(pointer);
    }

    /** The label's value, or empty. */
    public String label(String name) {
        return Json.label(body, name, "");
    }

    /** The annotation's value, or empty. */
    public String annotation(String name) {
        return body.at("/metadata/annotations").path(name).asText("");
    }

    /** The labels. */
    public Map<String, String> labels() {
        return texts(body.at("/metadata/labels"));
    }

    /** A map of texts, at {@code node}. */
    public static Map<String, String> texts(JsonNode node) {
        Map<String, String> map = new LinkedHashMap<>();
        node.properties()
                .forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
        return map;
    }

    /** The targets of a policy: {@code targetRefs}, else the one {@code targetRef}. */
    public List<Reference> targets() {
        List<Reference> targets = new ArrayList<>();
        JsonNode many = body.at("/spec/targetRefs");
        for (int i = 0; i < many.size(); i++) {
            targets.add(Reference.of(many.get(i), namespace, "/spec/targetRefs/" + i));
        }
        if (targets.isEmpty() && body.at("/spec/targetRef").isObject()) {
            targets.add(Reference.of(body.at("/spec/targetRef"), namespace, "/spec/targetRef"));
        }
        return targets;
    }
}
