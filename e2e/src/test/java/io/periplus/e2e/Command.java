package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A command as a user types it, run to its end within a time limit. */
final class Command {
    /** The repository's folder; tests run in the folder of their module. */
    static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();

    private final List<String> words;
    private Duration limit = Duration.ofMinutes(1);
    private String input = "";
    private Map<String, String> environment = Map.of();

    private Command(List<String> words) {
        this.words = words;
    }

    static Command of(String... words) {
        return new Command(new ArrayList<>(Arrays.asList(words)));
    }

    Command plus(String... more) {
        words.addAll(Arrays.asList(more));
        return this;
    }

    Command within(Duration limit) {
        this.limit = limit;
        return this;
    }

    Command input(String text) {
        this.input = text;
        return this;
    }

    Command environment(Map<String, String> more) {
        this.environment = more;
        return this;
    }

    Result run() {
        try {
            Process process = start();
            var out = reading(process.getInputStream());
            var err = reading(process.getErrorStream());
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The command ended without reading its input; its exit code tells the rest.
            }
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("no end within " + limit + ": " + this);
            }
            return new Result(this, process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + this, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: " + this, e);
        }
    }

    /** Starts a command that goes on, with its output in a file. */
    Process start(java.io.File output) throws IOException {
        return builder().redirectErrorStream(true).redirectOutput(output).start();
    }

    Process start() throws IOException {
        return builder().start();
    }

    private ProcessBuilder builder() {
        List<String> line = new ArrayList<>(words);
        // Looks the program up on the PATH of the command's own environment, as a shell would.
        line.addFirst("env");
        ProcessBuilder builder = new ProcessBuilder(line).directory(REPOSITORY.toFile());
        builder.environment().putAll(environment);
        return builder;
    }

    private static CompletableFuture<String> reading(java.io.InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                text.completeExceptionally(e);
            }
        });
        return text;
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }

    /** What a command returned. */
    record Result(Command command, int exit, String out, String err) {
        Result succeeds() {
            return exits(0);
        }

        Result exits(int code) {
            assertThat(exit).as("%s%nstdout: %s%nstderr: %s", command, out, err).isEqualTo(code);
            return this;
        }

        Result prints(String text) {
            assertThat(out).as("stdout of %s%nstderr: %s", command, err).contains(text);
            return this;
        }

        Result complains(String text) {
            assertThat(err).as("stderr of %s%nstdout: %s", command, out).contains(text);
            return this;
        }
    }
}
