package io.periplus.lab.apiserver.discovery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.schema.Schema;
import io.periplus.lab.store.types.Definition;
import io.periplus.lab.store.types.Registry;
import io.periplus.lab.store.types.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** The OpenAPI documents: {@code /openapi/v3} by group and version, {@code /openapi/v2} as one. */
public final class OpenApi {
    private static final String GVK = "x-kubernetes-group-version-kind";

    private final Supplier<Registry> registry;

    public OpenApi(Supplier<Registry> registry) {
        this.registry = registry;
    }

    /** Answers if the path is one of OpenAPI's. */
    public boolean handle(Call call) throws IOException {
        List<String> path = call.path();
        if (path.size() < 2 || !path.getFirst().equals("openapi")) {
            return false;
        }
        Map<String, List<Typed>> documents = documents(registry.get());
        if (path.get(1).equals("v2")) {
            call.reply(200, v2(documents));
            return true;
        }
        if (!path.get(1).equals("v3")) {
            return false;
        }
        if (path.size() == 2) {
            ObjectNode index = Json.object();
            ObjectNode paths = index.putObject("paths");
            documents.forEach((name, types) ->
                    paths.putObject(name).put("serverRelativeURL", "/openapi/v3/" + name + "?hash=" + hash(types)));
            call.reply(200, index);
            return true;
        }
        List<Typed> types = documents.get(String.join("/", path.subList(2, path.size())));
        if (types == null) {
            throw new ApiException(404, "NotFound", "the server could not find the requested resource");
        }
        call.reply(200, v3(types));
        return true;
    }

    /** One version of a type. */
    private record Typed(Definition definition, Version version) {
        String document() {
            return definition.group().isEmpty()
                    ? "api/" + version.name()
                    : "apis/" + definition.group() + "/" + version.name();
        }

        String name() {
            String own = version.schema().definitionName();
            if (own != null) {
                return own;
            }
            List<String> parts =
                    new ArrayList<>(Arrays.asList(definition.group().split("\\.")));
            Collections.reverse(parts);
            return String.join(".", parts) + "." + version.name() + "." + definition.kind();
        }

        ObjectNode kind() {
            return Json.object()
                    .put("group", definition.group())
                    .put("kind", definition.kind())
                    .put("version", version.name());
        }
    }

    private static Map<String, List<Typed>> documents(Registry registry) {
        Map<String, List<Typed>> documents = new LinkedHashMap<>();
        for (Definition definition : registry.all()) {
            for (Version version : definition.versions()) {
                Typed typed = new Typed(definition, version);
                documents
                        .computeIfAbsent(typed.document(), name -> new ArrayList<>())
                        .add(typed);
            }
        }
        return documents;
    }

    private static String hash(List<Typed> types) {
        int hash = 17;
        for (Typed typed : types) {
            Schema schema = typed.version().schema();
            hash = hash * 31 + typed.name().hashCode();
            hash = hash * 31
                    + (typed.definition().custom()
                            ? String.valueOf(schema.rules()).hashCode()
                            : 0);
        }
        return Integer.toHexString(hash).toUpperCase(Locale.ROOT);
    }

    private static ObjectNode v3(List<Typed> types) {
        ObjectNode document = Json.object().put("openapi", "3.0.0");
        info(document);
        SchemaWriter writer = new SchemaWriter(true);
        ObjectNode paths = document.putObject("paths");
        for (Typed typed : types) {
            define(writer, typed);
            OpenApiPaths.add(
                    paths, typed.definition(), typed.version(), typed.kind(), writer.reference(typed.name()), true);
        }
        document.putObject("components").set("schemas", writer.definitions());
        return document;
    }

    private static ObjectNode v2(Map<String, List<Typed>> documents) {
        ObjectNode document = Json.object().put("swagger", "2.0");
        info(document);
        SchemaWriter writer = new SchemaWriter(false);
        ObjectNode paths = document.putObject("paths");
        documents
                .values()
                .forEach(types -> types.forEach(typed -> {
                    define(writer, typed);
                    OpenApiPaths.add(
                            paths,
                            typed.definition(),
                            typed.version(),
                            typed.kind(),
                            writer.reference(typed.name()),
                            false);
                }));
        document.set("definitions", writer.definitions());
        return document;
    }

    private static void info(ObjectNode document) {
        document.putObject("info").put("title", "Kubernetes").put("version", VersionInfo.GIT_VERSION);
    }

    private static void define(SchemaWriter writer, Typed typed) {
        ObjectNode definition = writer.define(typed.name(), typed.version().schema());
        ArrayNode kinds = definition.putArray(GVK);
        kinds.add(typed.kind());
    }
}
