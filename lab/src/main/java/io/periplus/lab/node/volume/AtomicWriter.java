package io.periplus.lab.node.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes the files of a volume so that a reader sees either all old or all new ones, in the layout that programs watch for:
 * the files lie in a directory with a fresh name, {@code ..data} is a symbolic link to it, and each visible name is a link through
 * {@code ..data}.
 */
final class AtomicWriter {
    private static final String DATA = "..data";

    private final Path directory;
    private final int group;
    private Map<String, FilePayload> written = Map.of();
    private @Nullable Path current;
    private long generation;

    /** @param group owner of the files, or -1 for root's */
    AtomicWriter(Path directory, int group) {
        this.directory = directory;
        this.group = group;
    }

    /** Replaces the content; does nothing if it is the same. What fails leaves the old one, and may be tried again. */
    void write(Map<String, FilePayload> files) throws IOException {
        if (current != null && files.equals(written)) {
            return;
        }
        Path fresh = directory.resolve("..generation_" + ++generation);
        try {
            fill(fresh, files);
            show(fresh);
        } catch (IOException | RuntimeException e) {
            FileTree.delete(fresh);
            throw e;
        }
        Path old = current;
        current = fresh;
        link(firstNames(files.keySet()));
        if (old != null) {
            FileTree.delete(old);
        }
        written = Map.copyOf(files);
    }

    private void fill(Path fresh, Map<String, FilePayload> files) throws IOException {
        Files.createDirectories(fresh);
        for (Map.Entry<String, FilePayload> file : files.entrySet()) {
            Path path = fresh.resolve(file.getKey()).normalize();
            if (!path.startsWith(fresh)) {
                throw new IOException("file " + file.getKey() + " would lie outside of its volume");
            }
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue().content());
            Files.setPosixFilePermissions(path, permissions(file.getValue().mode() | (group >= 0 ? 0040 : 0)));
            if (group >= 0) {
                Files.setAttribute(path, "unix:gid", group);
            }
        }
    }

    private void show(Path fresh) throws IOException {
        Path link = directory.resolve("..data_tmp");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, fresh.getFileName());
        Files.move(link, directory.resolve(DATA), StandardCopyOption.ATOMIC_MOVE);
    }

    private void link(Set<String> names) throws IOException {
        for (String name : names) {
            Path visible = directory.resolve(name);
            if (!Files.exists(visible, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(visible, Path.of(DATA, name));
            }
        }
        Set<String> gone = new HashSet<>(firstNames(written.keySet()));
        gone.removeAll(names);
        for (String name : gone) {
            Files.deleteIfExists(directory.resolve(name));
        }
    }

    private static Set<String> firstNames(Set<String> paths) {
        Set<String> names = new TreeSet<>();
        paths.forEach(path -> names.add(Path.of(path).getName(0).toString()));
        return names;
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        PosixFilePermission[] highestFirst = {
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE
        };
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int bit = 0; bit < 9; bit++) {
            if ((mode >> (8 - bit) & 1) == 1) {
                permissions.add(highestFirst[bit]);
            }
        }
        return permissions;
    }
}
