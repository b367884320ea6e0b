package io.periplus.bench.contender;

import io.periplus.bench.machine.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a contender's configuration. */
public final class ConfigFile {
    private ConfigFile() {}

    public static Path write(Path directory, String name, CharSequence text) {
        Path file = directory.resolve(name);
        try {
            Files.createDirectories(directory);
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new BenchException("cannot write %s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
