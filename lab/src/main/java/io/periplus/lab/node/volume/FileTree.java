package io.periplus.lab.node.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Directories with everything in them. */
public final class FileTree {
    /** What a node makes lies deeper; anything higher up is somebody else's, whatever a caller believes. */
    private static final int MIN_DEPTH = 3;

    private FileTree() {}

    /**
     * Removes {@code root}, if it is there; links are removed, not followed.
     *
     * @throws IOException if something cannot be removed, or {@code root} is too near to the machine's root to be a node's
     */
    public static void delete(Path root) throws IOException {
        if (root.toAbsolutePath().normalize().getNameCount() < MIN_DEPTH) {
            throw new IOException(root + " is not removed: it is no directory of a node");
        }
        deleteAll(root);
    }

    private static void deleteAll(Path root) throws IOException {
        if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(root);
            return;
        }
        try (Stream<Path> files = Files.list(root)) {
            for (Path file : files.toList()) {
                deleteAll(file);
            }
        }
        Files.delete(root);
    }
}
