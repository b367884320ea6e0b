package io.periplus.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory for configurations and logs, removed at the end. */
public final class WorkDirectory implements AutoCloseable {
    private final Path path;
    private final Runnable remove = this::remove;

    private WorkDirectory(Path path) {
        this.path = path;
        Leftovers.add(remove);
    }

    public Path path() {
        return path;
    }

    /** Makes one; readable for all, as some proxies give up root. */
    public static WorkDirectory make() {
        try {
            Path path = Files.createTempDirectory("periplus-bench-");
            path.toFile().setReadable(true, false);
            path.toFile().setExecutable(true, false);
            return new WorkDirectory(path);
        } catch (IOException e) {
            throw new BenchException("cannot make a directory for configurations: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        Leftovers.done(remove);
        remove();
    }

    private void remove() {
        try (Stream<Path> files = Files.walk(path)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new BenchException("cannot remove %s: %s".formatted(path, e.getMessage()), e);
        }
    }
}
