package io.periplus.lab.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.rest.Selectors;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Cells that many types have in common. */
final class Rows {
    static final String NONE = "<none>";

    private Rows() {}

    static String age(JsonNode object) {
        return Ages.since(Json.text(object, "metadata", "creationTimestamp"));
    }

    static String orNone(String text) {
        return text.isEmpty() ? NONE : text;
    }

    static int number(JsonNode object, String... path) {
        return Json.at(object, path).asInt();
    }

    static String names(JsonNode containers) {
        return String.join(",", members(containers, "name"));
    }

    static String images(JsonNode containers) {
        return String.join(",", members(containers, "image"));
    }

    static List<String> members(JsonNode array, String name) {
        List<String> values = new ArrayList<>();
        array.forEach(element -> values.add(Json.text(element, name)));
        return values;
    }

    static String selector(JsonNode object) {
        JsonNode selector = object.path("spec").path("selector");
        boolean structured = selector.has("matchLabels") || selector.has("matchExpressions");
        return orNone(structured ? Selectors.text(selector) : labels(selector));
    }

    static String labels(JsonNode labels) {
        List<String> texts = new ArrayList<>();
        for (Map.Entry<String, JsonNode> label : labels.properties()) {
            texts.add(label.getKey() + "=" + label.getValue().asText());
        }
        return String.join(",", texts);
    }

    static JsonNode containers(ObjectNode workload) {
        return Json.at(workload, "spec", "template", "spec", "containers");
    }

    static String condition(JsonNode object, String type) {
        for (JsonNode condition : object.path("status").path("conditions")) {
            if (Json.text(condition, "type").equals(type)) {
                return Json.text(condition, "status");
            }
        }
        return "";
    }

    static String name(ObjectNode object) {
        return Meta.name(object);
    }

    /** At most so many texts, then how many more there are. */
    static String abridged(List<String> texts, int max) {
        if (texts.isEmpty()) {
            return NONE;
        }
        return texts.size() <= max
                ? String.join(",", texts)
                : String.join(",", texts.subList(0, max)) + " + " + (texts.size() - max) + " more...";
    }
}
