package io.periplus.dataplane.controlplane;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A token or certificates: what a file holds at the moment, or a text that never changes.
 *
 * @param file {@code null} if it is the text
 */
public record FileOrText(@Nullable Path file, String text) {
    private static final String PEM = "-----BEGIN ";

    /** What this file holds. */
    public static FileOrText of(Path file) {
        return new FileOrText(file, "");
    }

    /** Certificates: PEM as it is, or the file with this path. */
    public static FileOrText certificates(String value) {
        return value.contains(PEM) ? new FileOrText(null, value) : of(Path.of(value));
    }

    /** A token: the file with this path, or, without a slash and a file of this name, the token itself. */
    public static FileOrText token(String value) {
        return value.contains("/") || isFile(value) ? of(Path.of(value)) : new FileOrText(null, value);
    }

    private static boolean isFile(String value) {
        // Longer than any name of a file, and as long as tokens are.
        return value.length() < 256 && Files.exists(Path.of(value));
    }

    /** The text as it is now. */
    public String read() throws IOException {
        return file == null ? text : Files.readString(file);
    }

    /** Where it is; a text itself may be a secret. */
    @Override
    public String toString() {
        return file == null ? "(given as text)" : file.toString();
    }
}
