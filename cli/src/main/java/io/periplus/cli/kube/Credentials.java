package io.periplus.cli.kube;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who the user is: headers (bearer token, basic) and/or a client certificate, from a kubeconfig user entry.
 *
 * @param certificate PEM chain, or null
 * @param key PEM key, or null
 */
record Credentials(Map<String, String> headers, byte @Nullable [] certificate, byte @Nullable [] key) {
    static Credentials none() {
        return new Credentials(Map.of(), null, null);
    }

    /** Reads a user entry; relative paths start from {@code directory}. */
    static Credentials of(JsonNode user, Path directory, JsonNode cluster) {
        if (user.has("exec")) {
            return ExecPlugin.run(user.path("exec"), cluster);
        }
        if (user.has("auth-provider")) {
            throw new CliException(
                    "the kubeconfig's user has an auth-provider, which Kubernetes removed in 1.26; use exec");
        }
        return new Credentials(
                headers(user, directory),
                material(user, "client-certificate", directory),
                material(user, "client-key", directory));
    }

    private static Map<String, String> headers(JsonNode user, Path directory) {
        String token = Json.text(user, "/token", "");
        byte[] file = token.isEmpty() ? material(user, "tokenFile", directory) : null;
        if (file != null) {
            token = new String(file, StandardCharsets.UTF_8).strip();
        }
        if (!token.isEmpty()) {
            return Map.of("Authorization", "Bearer " + token);
        }
        String name = Json.text(user, "/username", "");
        if (!name.isEmpty()) {
            String pair = name + ":" + Json.text(user, "/password", "");
            return Map.of(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }
        return Map.of();
    }

    /** The bytes of {@code <field>-data} (base64), else of the file that {@code <field>} names; null if neither is there. */
    static byte @Nullable [] material(JsonNode node, String field, Path directory) {
        String data = Json.text(node, "/" + field + "-data", "");
        if (!data.isEmpty()) {
            return Base64.getMimeDecoder().decode(data);
        }
        String file = Json.text(node, "/" + field, "");
        if (file.isEmpty()) {
            return null;
        }
        Path path = directory.resolve(file);
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new CliException("the kubeconfig's " + field + " " + path + " cannot be read");
        }
    }
}
