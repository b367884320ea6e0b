package io.periplus.lab.node.pod;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.node.image.ImageDefinition;
import io.periplus.lab.node.volume.VolumeException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The environment variables of a container: the image's, the API server's address, {@code envFrom}, {@code env}. */
final class Environment {
    static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final ObjectStore store;
    private final String apiServer;

    /** @param apiServer cluster IP of the {@code kubernetes} service */
    Environment(ObjectStore store, String apiServer) {
        this.store = store;
        this.apiServer = apiServer;
    }

    /** @throws VolumeException if an object that is referred to is missing */
    Map<String, String> of(PodFacts facts, JsonNode container, ImageDefinition image, String hostname)
            throws VolumeException {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("PATH", DEFAULT_PATH);
        variables.put("HOSTNAME", hostname);
        variables.put("HOME", image.user().isEmpty() || image.user().startsWith("0") ? "/root" : "/");
        variables.putAll(image.env());
        addApiServer(variables);
        for (JsonNode source : container.path("envFrom")) {
            from(facts, source, variables);
        }
        for (JsonNode variable : container.path("env")) {
            String value = value(facts, container, variable, variables);
            if (value != null) {
                variables.put(variable.path("name").asText(), value);
            }
        }
        return variables;
    }

    private void addApiServer(Map<String, String> variables) {
        variables.put("KUBERNETES_SERVICE_HOST", apiServer);
        variables.put("KUBERNETES_SERVICE_PORT", "443");
        variables.put("KUBERNETES_SERVICE_PORT_HTTPS", "443");
    }

    private void from(PodFacts facts, JsonNode source, Map<String, String> variables) throws VolumeException {
        boolean secret = source.has("secretRef");
        JsonNode reference = source.path(secret ? "secretRef" : "configMapRef");
        ObjectNode object = object(facts, secret, reference);
        if (object != null) {
            String prefix = source.path("prefix").asText("");
            object.path("data")
                    .properties()
                    .forEach(entry -> variables.put(
                            prefix + entry.getKey(),
                            decode(secret, entry.getValue().asText())));
        }
    }

    private @Nullable String value(PodFacts facts, JsonNode container, JsonNode variable, Map<String, String> variables)
            throws VolumeException {
        JsonNode source = variable.path("valueFrom");
        try {
            if (source.has("fieldRef")) {
                return DownwardApi.field(
                        facts, source.path("fieldRef").path("fieldPath").asText());
            }
            if (source.has("resourceFieldRef")) {
                JsonNode resource = source.path("resourceFieldRef");
                return DownwardApi.resource(
                        container,
                        resource.path("resource").asText(),
                        resource.path("divisor").asText(""));
            }
        } catch (IllegalArgumentException e) {
            throw new VolumeException(String.valueOf(e.getMessage()));
        }
        if (source.has("configMapKeyRef") || source.has("secretKeyRef")) {
            return key(facts, source);
        }
        return Expansion.expand(variable.path("value").asText(""), variables);
    }

    private @Nullable String key(PodFacts facts, JsonNode source) throws VolumeException {
        boolean secret = source.has("secretKeyRef");
        JsonNode reference = source.path(secret ? "secretKeyRef" : "configMapKeyRef");
        ObjectNode object = object(facts, secret, reference);
        JsonNode value = object == null
                ? Json.object().path("missing")
                : object.path("data").path(reference.path("key").asText());
        if (value.isMissingNode()) {
            if (reference.path("optional").asBoolean()) {
                return null;
            }
            throw new VolumeException(
                    "couldn't find key " + reference.path("key").asText() + " in "
                            + (secret ? "Secret " : "ConfigMap ") + facts.namespace() + "/"
                            + reference.path("name").asText());
        }
        return decode(secret, value.asText());
    }

    private @Nullable ObjectNode object(PodFacts facts, boolean secret, JsonNode reference) throws VolumeException {
        String name = reference.path("name").asText();
        ObjectNode object = store.get(secret ? ResourceType.SECRET : ResourceType.CONFIG_MAP, facts.namespace(), name);
        if (object == null && !reference.path("optional").asBoolean()) {
            throw new VolumeException((secret ? "secret" : "configmap") + " \"" + name + "\" not found");
        }
        return object;
    }

    private static String decode(boolean secret, String value) {
        return secret ? new String(Base64.getMimeDecoder().decode(value), StandardCharsets.UTF_8) : value;
    }
}
