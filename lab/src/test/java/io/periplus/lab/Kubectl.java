package io.periplus.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The machine's own {@code kubectl}, in one context of a lab. */
record Kubectl(Map<String, String> environment, String context) {
    private static final int TIMEOUT_SECONDS = 60;

    /** What the command printed, both streams together. */
    record Result(int exitCode, String output) {}

    /** Runs a command that has to succeed and returns what it printed. */
    String run(String... arguments) throws IOException, InterruptedException {
        return feed("", arguments);
    }

    /** As {@link #run}, with a text on standard input. */
    String feed(String input, String... arguments) throws IOException, InterruptedException {
        Result result = attempt(input, arguments);
        if (result.exitCode() != 0) {
            throw new AssertionError("kubectl " + String.join(" ", arguments) + " ended with " + result.exitCode()
                    + ":\n" + result.output());
        }
        return result.output();
    }

    Result attempt(String input, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("kubectl", "--context=" + context));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("kubectl " + String.join(" ", arguments) + " hangs");
        }
        return new Result(process.exitValue(), output);
    }
}
