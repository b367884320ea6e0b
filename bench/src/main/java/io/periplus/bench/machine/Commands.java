package io.periplus.bench.machine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Short commands, and where programs are. */
public final class Commands {
    private static final int PATIENCE_SECONDS = 10;

    private Commands() {}

    /**
     * Runs a command to its end.
     *
     * @return its output
     * @throws BenchException when it fails, with its output
     */
    public static String run(String... command) {
        return feed("", command);
    }

    /** The same with input. */
    public static String feed(String input, String... command) {
        String line = String.join(" ", command);
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new BenchException("%s: no end after %d s".formatted(line, PATIENCE_SECONDS));
            }
            if (process.exitValue() != 0) {
                throw new BenchException("%s: %s".formatted(line, output.strip()));
            }
            return output;
        } catch (IOException e) {
            throw new BenchException("%s: %s".formatted(line, e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException(line + ": interrupted", e);
        }
    }

    /** Where a program is: on the PATH, or where Debian puts daemons. Null if it is not installed. */
    public static @Nullable Path find(String program) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin";
        for (String directory : path.split(":", -1)) {
            Path candidate = Path.of(directory.isEmpty() ? "." : directory, program);
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }
}
