package io.periplus.cli.analyze.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The definitions of custom resources: those of the cluster, else those that this program would install. */
public final class Definitions {
    private static final String BUNDLED = "/io/periplus/charts/crds/";

    private final Snapshot snapshot;
    private final Map<ObjectKind, JsonNode> bundled = new EnumMap<>(ObjectKind.class);

    /** Of a snapshot; definitions are read when they are first needed. */
    public Definitions(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /**
     * Judges an object by the schema of its version.
     *
     * @param problems takes JSON pointer and sentence of each
     */
    public void validate(KubeObject object, BiConsumer<String, String> problems) {
        JsonNode definition = definition(object.kind());
        if (definition == null) {
            return;
        }
        String apiVersion = object.text("/apiVersion");
        String version = apiVersion.isEmpty()
                ? object.kind().resource().version()
                : apiVersion.substring(apiVersion.indexOf('/') + 1);
        for (JsonNode served : definition.at("/spec/versions")) {
            if (Json.text(served, "/name", "").equals(version)) {
                JsonNode schema = served.at("/schema/openAPIV3Schema");
                if (schema.isObject()) {
                    new SchemaValidator(problems).validate(object.body(), schema);
                }
                return;
            }
        }
        problems.accept(
                "/apiVersion", "version \"" + version + "\" of " + object.kind().title() + " is not served");
    }

    private @Nullable JsonNode definition(ObjectKind kind) {
        KubeObject installed = snapshot.find(ObjectKind.DEFINITION, "", kind.definition());
        return installed != null ? installed.body() : bundled.computeIfAbsent(kind, Definitions::load);
    }

    private static @Nullable JsonNode load(ObjectKind kind) {
        for (String directory : new String[] {"istio/", "gateway-api/", "periplus/"}) {
            String name = BUNDLED + directory + kind.resource().plural() + ".yaml";
            try (InputStream file = Definitions.class.getResourceAsStream(name)) {
                if (file != null) {
                    return Yaml.documents(new String(file.readAllBytes(), StandardCharsets.UTF_8))
                            .getFirst();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the definition " + name + " cannot be read", e);
            }
        }
        return null;
    }
}
