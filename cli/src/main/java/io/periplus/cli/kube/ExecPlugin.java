package io.periplus.cli.kube;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Credential plugins of the kubeconfig ({@code client.authentication.k8s.io}): a command that prints an ExecCredential. */
final class ExecPlugin {
    private ExecPlugin() {}

    static Credentials run(JsonNode exec, JsonNode cluster) {
        String command = Json.text(exec, "/command", "");
        List<String> line = new ArrayList<>(List.of(command));
        exec.path("args").forEach(arg -> line.add(arg.asText()));
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT);
        exec.path("env").forEach(e -> builder.environment().put(Json.text(e, "/name", ""), Json.text(e, "/value", "")));
        builder.environment().put("KUBERNETES_EXEC_INFO", info(exec, cluster).toString());
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            byte[] output = process.getInputStream().readAllBytes();
            int code = process.waitFor();
            if (code != 0) {
                throw new CliException(
                        "the kubeconfig's credential plugin " + command + " ended with exit code " + code);
            }
            return read(Json.parse(output));
        } catch (IOException e) {
            throw new CliException("the kubeconfig's credential plugin " + command + " failed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException("interrupted while the credential plugin " + command + " ran");
        }
    }

    private static JsonNode info(JsonNode exec, JsonNode cluster) {
        var spec = Json.MAPPER.createObjectNode().put("interactive", System.console() != null);
        if (exec.path("provideClusterInfo").asBoolean()) {
            spec.set("cluster", cluster);
        }
        return Json.MAPPER
                .createObjectNode()
                .put("apiVersion", Json.text(exec, "/apiVersion", "client.authentication.k8s.io/v1"))
                .put("kind", "ExecCredential")
                .set("spec", spec);
    }

    private static Credentials read(JsonNode credential) {
        String token = Json.text(credential, "/status/token", "");
        String certificate = Json.text(credential, "/status/clientCertificateData", "");
        String key = Json.text(credential, "/status/clientKeyData", "");
        return new Credentials(
                token.isEmpty() ? Map.of() : Map.of("Authorization", "Bearer " + token),
                certificate.isEmpty() ? null : certificate.getBytes(StandardCharsets.UTF_8),
                key.isEmpty() ? null : key.getBytes(StandardCharsets.UTF_8));
    }
}
