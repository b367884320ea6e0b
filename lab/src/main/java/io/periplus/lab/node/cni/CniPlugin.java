package io.periplus.lab.node.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A plugin's program. It runs in the node's network namespace, and with the node's {@code /run} in place of the machine's, since
 * the sockets of those that it may have to talk to lie there.
 *
 * @param type its name, and that of its file
 * @param hostRoot the node's own directory tree
 * @param node file of the node's network namespace
 */
record CniPlugin(String type, Path hostRoot, Path node) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SECONDS_MAX = 30;
    private static final int OUTPUT_MAX = 1 << 20;

    private static final String SCRIPT = "mount --bind \"$0\" /run && exec \"$1\"";

    static Path directory(Path hostRoot) {
        return hostRoot.resolve("opt/cni/bin");
    }

    /**
     * Runs the plugin.
     *
     * @param command of the specification, such as {@code ADD}
     * @return what it printed
     * @throws CniException if it is not there, ends with an error or does not end
     */
    String run(String command, PodSandbox pod, String input) throws IOException {
        Path program = directory(hostRoot).resolve(type);
        if (!Files.isExecutable(program)) {
            throw new CniException("failed to find plugin \"" + type + "\" in the node's /opt/cni/bin, which is "
                    + directory(hostRoot) + " on this machine");
        }
        ProcessBuilder builder = new ProcessBuilder(List.of(
                "nsenter",
                "--net=" + node,
                "unshare",
                "--mount",
                "/bin/sh",
                "-c",
                SCRIPT,
                hostRoot.resolve("run").toString(),
                program.toString()));
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(List.of("PATH"));
        environment.put("CNI_COMMAND", command);
        environment.put("CNI_CONTAINERID", pod.id());
        environment.put("CNI_NETNS", pod.path());
        environment.put("CNI_IFNAME", "eth0");
        environment.put("CNI_ARGS", pod.arguments());
        environment.put("CNI_PATH", directory(hostRoot).toString());
        return finish(command, builder.start(), input);
    }

    private String finish(String command, Process process, String input) throws IOException {
        CompletableFuture<String> output = reading(process.getInputStream());
        CompletableFuture<String> errors = reading(process.getErrorStream());
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading everything; its status says whether that is an error.
        }
        try {
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new CniException("plugin type=\"%s\" failed (%s): no end within %d s"
                        .formatted(type, lower(command), SECONDS_MAX));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while plugin " + type + " ran", e);
        }
        if (process.exitValue() != 0) {
            throw new CniException("plugin type=\"%s\" failed (%s): %s"
                    .formatted(type, lower(command), reason(output.join(), errors.join(), process.exitValue())));
        }
        return output.join();
    }

    private static String lower(String command) {
        return command.toLowerCase(java.util.Locale.ROOT);
    }

    /** What the specification's error object says, or whatever else there is. */
    private static String reason(String output, String errors, int status) {
        JsonNode error = error(output);
        if (error == null) {
            return "exit status " + status + " "
                    + (errors + output).strip().lines().findFirst().orElse("");
        }
        String details = error.path("details").asText();
        return error.path("msg").asText() + (details.isEmpty() ? "" : "; " + details);
    }

    private static @Nullable JsonNode error(String output) {
        try {
            JsonNode error = JSON.readTree(output);
            return error.path("msg").asText().isEmpty() ? null : error;
        } catch (IOException e) {
            return null;
        }
    }

    private static CompletableFuture<String> reading(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (stream) {
                byte[] buffer = new byte[8192];
                for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                    bytes.write(buffer, 0, Math.min(n, OUTPUT_MAX - bytes.size()));
                }
            } catch (IOException e) {
                // Killed: what was read stands.
            }
            text.complete(bytes.toString(StandardCharsets.UTF_8));
        });
        return text;
    }
}
