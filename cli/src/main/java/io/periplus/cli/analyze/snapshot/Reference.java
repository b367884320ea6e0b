package io.periplus.cli.analyze.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.text.Json;

/**
 * A reference from one object to another, as Gateway API writes them.
 *
 * @param group empty for core
 * @param namespace the referring object's own where it names none
 * @param pointer where in the referring object it stands
 */
public record Reference(String group, String kind, String namespace, String name, String pointer) {
    /** A reference whose kind has no default. */
    public static Reference of(JsonNode node, String namespace, String pointer) {
        return of(node, "", "", namespace, pointer);
    }

    /** A reference with the defaults of its place. */
    public static Reference of(JsonNode node, String group, String kind, String namespace, String pointer) {
        String in = Json.text(node, "/namespace", "");
        return new Reference(
                node.has("group") ? Json.text(node, "/group", "") : group,
                Json.text(node, "/kind", kind),
                in.isEmpty() ? namespace : in,
                Json.text(node, "/name", ""),
                pointer);
    }

    /** {@code Service shop/web}. */
    public String title() {
        return kind + " " + namespace + "/" + name;
    }
}
