package io.periplus.lab.node.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Directories with everything in them. */
public final class FileTree {
    private FileTree() {}

    /** Removes {@code root}, if it is there; links are removed, not followed. */
    public static void delete(Path root) throws IOException {
        if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(root);
            return;
        }
        try (Stream<Path> files = Files.list(root)) {
            for (Path file : files.toList()) {
                delete(file);
            }
        }
        Files.delete(root);
    }
}
