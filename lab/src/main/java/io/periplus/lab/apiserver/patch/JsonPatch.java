package io.periplus.lab.apiserver.patch;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;

/** JSON patch (RFC 6902). */
public final class JsonPatch {
    /** The API server's bound of operations in one patch. */
    private static final int OPERATIONS_MAX = 10_000;

    private JsonPatch() {}

    /** Changes {@code target} and returns it. */
    public static ObjectNode apply(ObjectNode target, JsonNode patch) {
        if (!patch.isArray() || patch.size() > OPERATIONS_MAX) {
            throw ApiException.badRequest("a JSON patch must be an array of at most " + OPERATIONS_MAX + " operations");
        }
        for (JsonNode operation : patch) {
            apply(target, Json.text(operation, "op"), operation);
        }
        return target;
    }

    private static void apply(ObjectNode target, String op, JsonNode operation) {
        JsonPointer path = pointer(operation, "path");
        switch (op) {
            case "add" -> add(target, path, value(operation));
            case "remove" -> remove(target, path);
            case "replace" -> replace(target, path, value(operation));
            case "move" -> add(target, path, remove(target, pointer(operation, "from")));
            case "copy" ->
                add(target, path, existing(target, pointer(operation, "from")).deepCopy());
            case "test" -> {
                JsonNode present = target.at(path);
                JsonNode expected = value(operation);
                boolean bothAbsent = present.isMissingNode() && expected.isNull();
                if (!bothAbsent && !present.equals(expected)) {
                    throw invalid("testing value " + path + " failed");
                }
            }
            default ->
                throw ApiException.badRequest(
                        "JSON patch: op: " + op + " (expected: add, remove, replace, move, copy or test)");
        }
    }

    private static JsonNode value(JsonNode operation) {
        JsonNode value = operation.get("value");
        if (value == null) {
            throw ApiException.badRequest("JSON patch: an operation lacks its value: " + operation);
        }
        return value.deepCopy();
    }

    private static JsonPointer pointer(JsonNode operation, String name) {
        try {
            return JsonPointer.compile(Json.text(operation, name));
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("JSON patch: " + name + ": " + Json.text(operation, name)
                    + " (expected: a JSON pointer such as /metadata/labels/app)");
        }
    }

    private static JsonNode existing(ObjectNode target, JsonPointer path) {
        JsonNode node = target.at(path);
        if (node.isMissingNode()) {
            throw invalid("the path " + path + " does not exist");
        }
        return node;
    }

    private static void add(ObjectNode target, JsonPointer path, JsonNode value) {
        switch (existing(target, path.head())) {
            case ObjectNode object -> object.set(path.last().getMatchingProperty(), value);
            case ArrayNode array -> {
                String at = path.last().getMatchingProperty();
                int index = at.equals("-") ? array.size() : path.last().getMatchingIndex();
                if (index < 0 || index > array.size()) {
                    throw invalid("the index of " + path + " is out of bounds");
                }
                array.insert(index, value);
            }
            default -> throw invalid("the parent of " + path + " is neither object nor array");
        }
    }

    private static void replace(ObjectNode target, JsonPointer path, JsonNode value) {
        existing(target, path);
        switch (existing(target, path.head())) {
            case ArrayNode array -> array.set(path.last().getMatchingIndex(), value);
            case ObjectNode object -> object.set(path.last().getMatchingProperty(), value);
            default -> throw invalid("the parent of " + path + " is neither object nor array");
        }
    }

    private static JsonNode remove(ObjectNode target, JsonPointer path) {
        JsonNode removed = existing(target, path);
        switch (existing(target, path.head())) {
            case ArrayNode array -> array.remove(path.last().getMatchingIndex());
            case ObjectNode object -> object.remove(path.last().getMatchingProperty());
            default -> throw invalid("the parent of " + path + " is neither object nor array");
        }
        return removed;
    }

    private static ApiException invalid(String why) {
        return new ApiException(
                422,
                "Invalid",
                "the server rejected our request due to an error in our request: " + "JSON patch: " + why);
    }
}
