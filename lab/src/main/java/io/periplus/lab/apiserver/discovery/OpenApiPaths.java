package io.periplus.lab.apiserver.discovery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.types.Definition;
import io.periplus.lab.store.types.Version;
import java.util.ArrayList;
import java.util.List;

/** The operations of one type, as clients look them up: methods, parameters, accepted kinds of patch. */
final class OpenApiPaths {
    private static final List<String> QUERY = List.of("pretty", "dryRun", "fieldManager", "fieldValidation");

    private OpenApiPaths() {}

    static void add(
            ObjectNode paths, Definition definition, Version version, ObjectNode kind, ObjectNode schema, boolean v3) {
        String base = definition.group().isEmpty()
                ? "/api/" + version.name()
                : "/apis/" + definition.group() + "/" + version.name();
        String collection = base + (definition.namespaced() ? "/namespaces/{namespace}/" : "/") + definition.plural();
        ObjectNode many = paths.putObject(collection);
        operation(many, "get", "list", kind, schema, v3, List.of());
        operation(many, "post", "post", kind, schema, v3, List.of("application/json"));
        ObjectNode one = paths.putObject(collection + "/{name}");
        operation(one, "get", "get", kind, schema, v3, List.of());
        operation(one, "put", "put", kind, schema, v3, List.of("application/json"));
        operation(one, "patch", "patch", kind, schema, v3, patches(definition));
        operation(one, "delete", "delete", kind, schema, v3, List.of());
    }

    private static List<String> patches(Definition definition) {
        List<String> common = new ArrayList<>(
                List.of("application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"));
        if (!definition.custom()) {
            common.add("application/strategic-merge-patch+json");
        }
        return common;
    }

    private static void operation(
            ObjectNode path,
            String method,
            String action,
            ObjectNode kind,
            ObjectNode schema,
            boolean v3,
            List<String> consumes) {
        ObjectNode operation = path.putObject(method);
        operation.put("x-kubernetes-action", action);
        operation.set("x-kubernetes-group-version-kind", kind);
        boolean writes = !consumes.isEmpty();
        if (writes) {
            parameters(operation, v3);
            body(operation, action, schema, v3, consumes);
        }
        ObjectNode ok = operation.putObject("responses").putObject("200").put("description", "OK");
        if (v3) {
            ok.putObject("content").putObject("application/json").set("schema", schema);
        } else {
            ok.set("schema", schema);
        }
    }

    private static void parameters(ObjectNode operation, boolean v3) {
        ArrayNode parameters = operation.putArray("parameters");
        for (String name : QUERY) {
            ObjectNode parameter = parameters.addObject().put("name", name).put("in", "query");
            if (v3) {
                parameter.putObject("schema").put("type", "string").put("uniqueItems", true);
            } else {
                parameter.put("type", "string").put("uniqueItems", true);
            }
        }
    }

    private static void body(
            ObjectNode operation, String action, ObjectNode schema, boolean v3, List<String> consumes) {
        ObjectNode accepted = action.equals("patch") ? Json.object().put("type", "object") : schema;
        if (v3) {
            ObjectNode content = operation.putObject("requestBody").putObject("content");
            consumes.forEach(type -> content.putObject(type).set("schema", accepted));
        } else {
            operation.set("consumes", Json.array(consumes));
            ObjectNode parameter = operation.withArray("parameters").addObject();
            parameter.put("name", "body").put("in", "body").set("schema", accepted);
        }
    }
}
