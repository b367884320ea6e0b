package io.periplus.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A compiled program of this module, run as a container runtime runs a plugin. */
record Plugin(Path program) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a run left: exit status and what it printed. */
    record Outcome(int status, String output) {
        JsonNode json() throws IOException {
            return JSON.readTree(output);
        }
    }

    /** The plugin as it is shipped. */
    static Plugin shipped() {
        return new Plugin(Path.of("target", "istio-cni").toAbsolutePath());
    }

    /** Compiles something, with warnings as errors and with the sanitizers, which end the program at the first fault. */
    static Plugin checked(Path program, String sources) throws IOException, InterruptedException {
        List<String> command = List.of(
                "./compile",
                program.toString(),
                "-g",
                "-O1",
                "-Werror",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all");
        Path log = Files.createTempFile("compile", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("SOURCES", sources);
        Process process = builder.start();
        if (process.waitFor() != 0) {
            throw new AssertionError(command + ":\n" + Files.readString(log));
        }
        Files.delete(log);
        return new Plugin(program);
    }

    Outcome run(Map<String, String> environment, byte[] input) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(program.toString()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        // What a run leaves to the system at its end is no leak.
        builder.environment().put("ASAN_OPTIONS", "detect_leaks=0");
        builder.environment().putAll(environment);
        Process process = builder.start();
        Thread.ofVirtual().start(() -> {
            try (var stdin = process.getOutputStream()) {
                stdin.write(input);
            } catch (IOException e) {
                // The program ended without reading everything.
            }
        });
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    Outcome run(Map<String, String> environment, String input) throws IOException, InterruptedException {
        return run(environment, input.getBytes(StandardCharsets.UTF_8));
    }
}
