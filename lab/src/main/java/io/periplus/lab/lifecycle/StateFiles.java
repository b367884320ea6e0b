package io.periplus.lab.lifecycle;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes and gives back a state directory. Whoever names a directory may have meant another one: only an empty directory or
 * one that is a lab's already is taken, the root of the file system never is, and only what a lab makes is ever deleted, never across a mount or a symbolic link.
 */
final class StateFiles {
    private StateFiles() {}

    /** @throws LabException with {@link ExitCode#NOT_CONFIGURED} if the directory is neither empty nor a lab's */
    static void claim(LabDirectory directory) throws IOException, LabException {
        checkOurs(directory);
        Files.createDirectories(directory.root());
    }

    /** Deletes everything the lab keeps, and the directory if nothing else is in it. */
    static void delete(LabDirectory directory) throws IOException, LabException {
        checkOurs(directory);
        for (Path own : directory.entries()) {
            deleteTree(own);
        }
        try {
            Files.deleteIfExists(directory.root());
        } catch (DirectoryNotEmptyException e) {
            // Somebody has put something of his own here, which stays.
        }
    }

    private static void checkOurs(LabDirectory directory) throws IOException, LabException {
        Path root = directory.root();
        if (root.getParent() == null) {
            throw notALab(root, "it is the root of the file system");
        }
        if (!Files.exists(root) || Files.exists(directory.settings()) || hasImagesOnly(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(root)) {
            Optional<Path> foreign =
                    files.filter(file -> !file.equals(directory.lock())).findFirst();
            if (foreign.isPresent()) {
                throw notALab(root, "it contains " + foreign.get().getFileName());
            }
        }
    }

    /** Images may be added before the first start. */
    private static boolean hasImagesOnly(LabDirectory directory) throws IOException {
        if (!Files.isDirectory(directory.images())) {
            return false;
        }
        try (Stream<Path> files = Files.list(directory.root())) {
            if (!files.allMatch(directory.entries()::contains)) {
                return false;
            }
        }
        try (Stream<Path> files = Files.list(directory.images())) {
            return files.allMatch(file -> file.toString().endsWith(".json"));
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Object device = Files.getAttribute(root.getParent(), "unix:dev", LinkOption.NOFOLLOW_LINKS);
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (!device.equals(Files.getAttribute(directory, "unix:dev", LinkOption.NOFOLLOW_LINKS))) {
                    throw new IOException("something is mounted at " + directory + "; unmount it first");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static LabException notALab(Path root, String why) {
        return new LabException(
                ExitCode.NOT_CONFIGURED,
                root + " is not a lab's state directory (" + why + "); give a new or empty one with --dir or "
                        + LabOptions.DIRECTORY_VARIABLE);
    }
}
