package io.periplus.lab.store.types;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.ResourceType;
import io.periplus.lab.store.schema.LazySchema;
import io.periplus.lab.store.schema.OpenApiSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads CustomResourceDefinitions (apiextensions.k8s.io/v1). */
final class CustomDefinitions {
    private CustomDefinitions() {}

    /** The type it defines; null while no version of it is served. */
    static @Nullable Definition read(ObjectNode crd) {
        JsonNode spec = crd.path("spec");
        JsonNode names = spec.path("names");
        String group = Json.text(spec, "group");
        String kind = Json.text(names, "kind");
        List<Version> versions = new ArrayList<>();
        String storage = "";
        for (ObjectNode version : Json.objects(spec.path("versions"))) {
            if (version.path("storage").asBoolean()) {
                storage = Json.text(version, "name");
            }
            if (version.path("served").asBoolean()) {
                versions.add(version(version, group, kind));
            }
        }
        if (versions.isEmpty()) {
            return null;
        }
        versions.sort((a, b) -> VersionOrder.compare(a.name(), b.name()));
        String singular = Json.text(names, "singular");
        String listKind = Json.text(names, "listKind");
        return new Definition(
                new ResourceType(
                        group,
                        storage,
                        kind,
                        Json.text(names, "plural"),
                        Json.text(spec, "scope").equals("Namespaced")),
                listKind.isEmpty() ? kind + "List" : listKind,
                singular.isEmpty() ? kind.toLowerCase(Locale.ROOT) : singular,
                Json.texts(names.path("shortNames")),
                Json.texts(names.path("categories")),
                versions,
                true,
                true);
    }

    private static Version version(ObjectNode version, String group, String kind) {
        JsonNode subresources = version.path("subresources");
        String name = Json.text(version, "name");
        List<Version.Column> columns = new ArrayList<>();
        for (ObjectNode column : Json.objects(version.path("additionalPrinterColumns"))) {
            columns.add(new Version.Column(
                    Json.text(column, "name"),
                    Json.text(column, "type"),
                    Json.text(column, "format"),
                    Json.text(column, "description"),
                    column.path("priority").asInt(),
                    Json.text(column, "jsonPath")));
        }
        return new Version(
                name,
                new LazySchema(() -> OpenApiSchema.root(version.path("schema").path("openAPIV3Schema"))),
                subresources.has("status"),
                scale(subresources.path("scale")),
                columns,
                deprecation(version, group, kind));
    }

    private static Version.@Nullable Scale scale(JsonNode scale) {
        if (!scale.isObject()) {
            return null;
        }
        String selector = Json.text(scale, "labelSelectorPath");
        return new Version.Scale(
                Json.text(scale, "specReplicasPath"),
                Json.text(scale, "statusReplicasPath"),
                selector.isEmpty() ? null : selector);
    }

    private static @Nullable String deprecation(ObjectNode version, String group, String kind) {
        if (!version.path("deprecated").asBoolean()) {
            return null;
        }
        String warning = Json.text(version, "deprecationWarning");
        return warning.isEmpty() ? group + "/" + Json.text(version, "name") + " " + kind + " is deprecated" : warning;
    }
}
