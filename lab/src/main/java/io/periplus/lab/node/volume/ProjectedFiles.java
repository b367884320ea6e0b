package io.periplus.lab.node.volume;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.node.TokenSource;
import io.periplus.lab.node.pod.DownwardApi;
import io.periplus.lab.node.pod.PodFacts;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Computes the files of a pod's configMap, secret, downwardAPI and projected volumes. Remembers the tokens it asked for and
 * asks for the next one when a fifth of the lifetime is left. Used by one thread.
 */
final class ProjectedFiles {
    private static final int DEFAULT_MODE = 0644;
    private static final long DEFAULT_TOKEN_SECONDS = 3600;

    private final ObjectStore store;
    private final TokenSource tokens;
    private final Map<String, HeldToken> held = new HashMap<>();

    private record HeldToken(String value, Instant renew) {}

    ProjectedFiles(ObjectStore store, TokenSource tokens) {
        this.store = store;
        this.tokens = tokens;
    }

    /** The files of {@code volume}, or null if it is of another kind. */
    @Nullable
    Map<String, FilePayload> of(PodFacts facts, JsonNode volume) throws VolumeException {
        Map<String, FilePayload> files = new LinkedHashMap<>();
        if (volume.has("configMap")) {
            JsonNode source = volume.path("configMap");
            fromObject(
                    facts, ResourceType.CONFIG_MAP, source, source.path("name").asText(), mode(source), files);
        } else if (volume.has("secret")) {
            JsonNode source = volume.path("secret");
            fromObject(
                    facts,
                    ResourceType.SECRET,
                    source,
                    source.path("secretName").asText(),
                    mode(source),
                    files);
        } else if (volume.has("downwardAPI")) {
            downward(facts, volume.path("downwardAPI"), mode(volume.path("downwardAPI")), files);
        } else if (volume.has("projected")) {
            int mode = mode(volume.path("projected"));
            for (JsonNode source : volume.path("projected").path("sources")) {
                projected(facts, Json.text(volume, "name"), source, mode, files);
            }
        } else {
            return null;
        }
        return files;
    }

    private void projected(PodFacts facts, String volume, JsonNode source, int mode, Map<String, FilePayload> files)
            throws VolumeException {
        if (source.has("serviceAccountToken")) {
            JsonNode token = source.path("serviceAccountToken");
            files.put(token.path("path").asText(), new FilePayload(utf8(token(facts, volume, token)), mode));
        } else if (source.has("configMap")) {
            JsonNode map = source.path("configMap");
            fromObject(facts, ResourceType.CONFIG_MAP, map, map.path("name").asText(), mode, files);
        } else if (source.has("secret")) {
            JsonNode secret = source.path("secret");
            fromObject(facts, ResourceType.SECRET, secret, secret.path("name").asText(), mode, files);
        } else if (source.has("downwardAPI")) {
            downward(facts, source.path("downwardAPI"), mode, files);
        } else {
            throw new VolumeException("volume " + volume + " projects "
                    + source.properties().stream().map(Map.Entry::getKey).toList()
                    + ", which lab nodes cannot; use configMap, secret, downwardAPI or serviceAccountToken");
        }
    }

    private String token(PodFacts facts, String volume, JsonNode wanted) throws VolumeException {
        String key = volume + '/' + wanted.path("path").asText();
        HeldToken present = held.get(key);
        Instant now = Instant.now();
        if (present != null && now.isBefore(present.renew())) {
            return present.value();
        }
        String audience = wanted.path("audience").asText("");
        String account = Json.text(facts.pod(), "spec", "serviceAccountName");
        long seconds = wanted.path("expirationSeconds").asLong(DEFAULT_TOKEN_SECONDS);
        try {
            TokenSource.Token token = tokens.issue(new TokenSource.Request(
                    facts.namespace(),
                    account.isEmpty() ? "default" : account,
                    audience.isEmpty() ? List.of() : List.of(audience),
                    seconds,
                    facts.name(),
                    facts.uid(),
                    Json.text(facts.pod(), "spec", "nodeName")));
            Duration life = Duration.between(now, token.expires());
            held.put(
                    key,
                    new HeldToken(token.value(), now.plus(life.multipliedBy(4).dividedBy(5))));
            return token.value();
        } catch (RuntimeException e) {
            throw new VolumeException("volume " + volume + ": no token for service account " + facts.namespace() + "/"
                    + account + ": " + e.getMessage());
        }
    }

    private void fromObject(
            PodFacts facts, ResourceType type, JsonNode source, String name, int mode, Map<String, FilePayload> files)
            throws VolumeException {
        boolean optional = source.path("optional").asBoolean();
        ObjectNode object = store.get(type, facts.namespace(), name);
        if (object == null) {
            if (optional) {
                return;
            }
            throw new VolumeException(type.kind().toLowerCase(java.util.Locale.ROOT) + " \"" + name + "\" not found");
        }
        Map<String, byte[]> data = data(type, object);
        JsonNode items = source.path("items");
        if (items.isEmpty()) {
            data.forEach((key, bytes) -> files.put(key, new FilePayload(bytes, mode)));
            return;
        }
        for (JsonNode item : items) {
            byte[] bytes = data.get(item.path("key").asText());
            if (bytes != null) {
                files.put(
                        item.path("path").asText(),
                        new FilePayload(bytes, item.path("mode").asInt(mode)));
            } else if (!optional) {
                throw new VolumeException(type.kind() + " " + facts.namespace() + "/" + name + " has no key \""
                        + item.path("key").asText() + "\"");
            }
        }
    }

    /** The entries of a ConfigMap or Secret. */
    private static Map<String, byte[]> data(ResourceType type, ObjectNode object) {
        Map<String, byte[]> data = new LinkedHashMap<>();
        boolean secret = type.equals(ResourceType.SECRET);
        object.path("data").properties().forEach(entry -> {
            String text = entry.getValue().asText();
            data.put(entry.getKey(), secret ? Base64.getMimeDecoder().decode(text) : utf8(text));
        });
        object.path("binaryData")
                .properties()
                .forEach(entry -> data.put(
                        entry.getKey(),
                        Base64.getMimeDecoder().decode(entry.getValue().asText())));
        return data;
    }

    private static void downward(PodFacts facts, JsonNode source, int mode, Map<String, FilePayload> files)
            throws VolumeException {
        for (JsonNode item : source.path("items")) {
            try {
                JsonNode resource = item.path("resourceFieldRef");
                String value = item.has("fieldRef")
                        ? DownwardApi.field(
                                facts, item.path("fieldRef").path("fieldPath").asText())
                        : DownwardApi.resource(
                                container(facts, resource.path("containerName").asText()),
                                resource.path("resource").asText(),
                                resource.path("divisor").asText(""));
                files.put(
                        item.path("path").asText(),
                        new FilePayload(utf8(value), item.path("mode").asInt(mode)));
            } catch (IllegalArgumentException e) {
                throw new VolumeException(String.valueOf(e.getMessage()));
            }
        }
    }

    private static JsonNode container(PodFacts facts, String name) {
        for (JsonNode container : Json.at(facts.pod(), "spec", "containers")) {
            if (container.path("name").asText().equals(name)) {
                return container;
            }
        }
        throw new IllegalArgumentException(
                "resourceFieldRef names container \"" + name + "\", which the pod does not have");
    }

    private static int mode(JsonNode source) {
        return source.path("defaultMode").asInt(DEFAULT_MODE);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
