package io.periplus.cli.text;

import io.periplus.cli.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files that commands are given. */
public final class Input {
    private Input() {}

    /**
     * All of a file, or of standard input for {@code -}.
     *
     * @throws CliException if there is no such file
     */
    public static byte[] read(String file) throws IOException {
        if (file.equals("-")) {
            return System.in.readAllBytes();
        }
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (NoSuchFileException _) {
            throw new CliException("open " + file + ": no such file");
        }
    }
}
