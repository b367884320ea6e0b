package io.periplus.lab.store.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException.Cause;
import io.periplus.lab.store.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code allOf}, {@code anyOf}, {@code oneOf} and {@code not} of JSON Schema, as structural schemas allow them. */
final class Combinations {
    private Combinations() {}

    static void check(ObjectNode rules, JsonNode value, String path, List<Cause> causes) {
        for (JsonNode branch : rules.path("allOf")) {
            causes.addAll(violations(branch, value, path));
        }
        JsonNode anyOf = rules.path("anyOf");
        if (!anyOf.isEmpty() && matching(anyOf, value, path) == 0) {
            causes.add(failed(path, value, "must validate at least one schema (anyOf)"));
        }
        JsonNode oneOf = rules.path("oneOf");
        if (!oneOf.isEmpty() && matching(oneOf, value, path) != 1) {
            causes.add(failed(path, value, "must validate one and only one schema (oneOf)"));
        }
        JsonNode not = rules.path("not");
        if (not.isObject() && violations(not, value, path).isEmpty()) {
            causes.add(failed(path, value, "must not validate the schema (not)"));
        }
    }

    private static int matching(JsonNode branches, JsonNode value, String path) {
        int matching = 0;
        for (JsonNode branch : branches) {
            matching += violations(branch, value, path).isEmpty() ? 1 : 0;
        }
        return matching;
    }

    /** Branches carry value rules only, and say nothing about members they do not name. */
    private static List<Cause> violations(JsonNode branch, JsonNode value, String path) {
        List<Cause> causes = new ArrayList<>();
        if (!(branch instanceof ObjectNode rules)) {
            return causes;
        }
        String type = Json.text(rules, "type");
        if (!type.isEmpty()
                && !SchemaValidator.typeName(value).equals(type)
                && !(type.equals("number") && value.isNumber())) {
            causes.add(failed(path, value, "must be of type " + type));
        }
        if (value.isObject()) {
            for (JsonNode name : rules.path("required")) {
                if (!value.hasNonNull(name.asText())) {
                    causes.add(new Cause("FieldValueRequired", "Required value", path + "." + name.asText()));
                }
            }
            for (Map.Entry<String, JsonNode> member : rules.path("properties").properties()) {
                JsonNode present = value.get(member.getKey());
                if (present != null) {
                    causes.addAll(violations(member.getValue(), present, path + "." + member.getKey()));
                }
            }
        }
        if (value.isArray() && rules.path("items").isObject()) {
            value.forEach(element -> causes.addAll(violations(rules.path("items"), element, path)));
        }
        SchemaRules.check(rules, value, path, causes);
        check(rules, value, path, causes);
        return causes;
    }

    private static Cause failed(String path, JsonNode value, String why) {
        String at = path.isEmpty() ? "<nil>" : path;
        return new Cause(
                "FieldValueInvalid",
                "Invalid value: " + (value.isContainerNode() ? "\"" + at + "\"" : value.toString()) + ": "
                        + (path.isEmpty() ? "\"\"" : path) + " " + why,
                at);
    }
}
