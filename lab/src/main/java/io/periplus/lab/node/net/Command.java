package io.periplus.lab.node.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A short program of this machine, run to its end. */
public final class Command {
    /** No command of a node takes longer than a second; one that does hangs. */
    private static final int TIMEOUT_SECONDS = 30;

    private Command() {}

    /** Runs {@code script} with {@code /bin/sh -e} and returns what it printed, standard error included. */
    public static String shell(String script) throws IOException {
        return run(script, "/bin/sh", "-e");
    }

    /**
     * Runs a program with {@code input} as its standard input.
     *
     * @throws IOException if it cannot be started, does not end in time or ends with another status than 0
     */
    public static String run(String input, String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        CompletableFuture<String> output = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> output.complete(read(process)));
        Thread.ofVirtual().start(() -> feed(process, input));
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                kill(process);
                throw new IOException(List.of(command) + " did not end within " + TIMEOUT_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " ended with status " + process.exitValue() + ": "
                        + output.join().strip() + (input.isEmpty() ? "" : "\nits input was:\n" + input));
            }
            return output.join();
        } catch (InterruptedException e) {
            kill(process);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command[0], e);
        }
    }

    /** With what a shell has started, which would outlive it. */
    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static String read(Process process) {
        try (var stdout = process.getInputStream()) {
            return new String(stdout.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException killed) {
            return "";
        }
    }

    private static void feed(Process process, String input) {
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The program ended without reading everything; its status says whether that is an error.
        }
    }
}
