package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs the programs that write rules and routes, in the agent's own network namespace or inside a pod's. */
final class Shell {
    private static final int SECONDS_MAX = 10;

    private Shell() {}

    /** @param namespace null for the node's own, in which the agent runs */
    static void script(@Nullable NetworkNamespace namespace, String script) throws IOException {
        output(namespace, script);
    }

    /** The same; returns what the programs said, errors included. */
    static String output(@Nullable NetworkNamespace namespace, String script) throws IOException {
        List<String> words = new ArrayList<>();
        if (namespace != null) {
            words.addAll(List.of(
                    "nsenter",
                    "--net=/proc/%d/fd/%d".formatted(ProcessHandle.current().pid(), namespace.fd())));
        }
        words.addAll(List.of("sh", "-eu"));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        try (var input = process.getOutputStream()) {
            input.write(script.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("no end of the rules within %d s: %s".formatted(SECONDS_MAX, output));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while writing rules", e);
        }
        if (process.exitValue() != 0) {
            throw new IOException("rules refused (exit %d): %s".formatted(process.exitValue(), output));
        }
        return output;
    }
}
