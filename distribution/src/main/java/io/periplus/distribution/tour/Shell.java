package io.periplus.distribution.tour;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs command lines as a user's shell would, in one directory and environment. */
final class Shell {
    /** What a command returned: its exit code, and stdout and stderr in the order they were written. */
    record Result(int code, String output, Duration took) {}

    private static final int TIMED_OUT = 124;

    private final Path directory;
    private final Map<String, String> environment;

    Shell(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = Map.copyOf(environment);
    }

    /** A shell with more variables. */
    Shell with(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(environment);
        all.putAll(more);
        return new Shell(directory, all);
    }

    /** Runs a line of bash; one that runs longer than {@code limit} is ended and has exit code 124. */
    Result run(String line, Duration limit) {
        long start = System.nanoTime();
        try {
            Process process = start(line).redirectErrorStream(true).start();
            process.getOutputStream().close();
            CompletableFuture<byte[]> output = CompletableFuture.supplyAsync(() -> read(process));
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
                return new Result(TIMED_OUT, "no end within " + limit.toSeconds() + " s", elapsed(start));
            }
            String text = new String(output.join(), StandardCharsets.UTF_8);
            return new Result(process.exitValue(), text, elapsed(start));
        } catch (IOException e) {
            return new Result(127, String.valueOf(e.getMessage()), elapsed(start));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(130, "interrupted", elapsed(start));
        }
    }

    /** Runs a line of bash on the terminal itself, so that its progress shows; returns its exit code. */
    int show(String line) throws IOException, InterruptedException {
        return start(line).inheritIO().start().waitFor();
    }

    private ProcessBuilder start(String line) {
        ProcessBuilder builder = new ProcessBuilder(List.of("bash", "-c", line)).directory(directory.toFile());
        builder.environment().putAll(environment);
        return builder;
    }

    private static byte[] read(Process process) {
        try {
            return process.getInputStream().readAllBytes();
        } catch (IOException e) {
            return String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
        }
    }

    private static Duration elapsed(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
