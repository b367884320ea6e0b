package io.periplus.nodeagent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes files that others read at any moment: they see the old content or the new; after a power cut one of the two. */
final class WholeFile {
    private static final Set<PosixFilePermission> PROGRAM = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> CONFIGURATION = PosixFilePermissions.fromString("rw-r--r--");

    private WholeFile() {}

    /** Writes a configuration; one that is replaced keeps its permissions. */
    static void configuration(Path file, byte[] content) throws IOException {
        write(file, content, Files.exists(file) ? Files.getPosixFilePermissions(file) : CONFIGURATION);
    }

    /** Writes a program. One that is running at this moment is not disturbed. */
    static void program(Path file, byte[] content) throws IOException {
        write(file, content, PROGRAM);
    }

    private static void write(Path file, byte[] content, Set<PosixFilePermission> permissions) throws IOException {
        // No suffix that a container runtime would take for a configuration.
        Path unfinished = file.resolveSibling("." + file.getFileName() + ".istio-cni-new");
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.setPosixFilePermissions(unfinished, permissions);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
