package io.periplus.lab.node.container;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory of the cgroup v2 hierarchy: the set of processes of a cluster, pod or container. Its name shows in
 * {@code /proc/<pid>/cgroup}, so that others find out which pod a process belongs to.
 */
public record Cgroup(Path directory) {
    /** The group of everything that labs run on this machine. */
    public static Cgroup root() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
            String[] fields = line.split(" ");
            if (fields[2].equals("cgroup2")) {
                return new Cgroup(Path.of(fields[1]).resolve("periplus-lab"));
            }
        }
        throw new IOException("no cgroup v2 file system is mounted: mount one (mount -t cgroup2 none /sys/fs/cgroup)");
    }

    public static Cgroup ofCluster(String cluster) throws IOException {
        return root().child(cluster);
    }

    public static Cgroup ofNode(String cluster, String node) throws IOException {
        return ofCluster(cluster).child(node);
    }

    /** The group of a pod of this node, under the name that kubelets use. */
    public Cgroup pod(String uid) {
        return child("kubepods").child("pod" + uid);
    }

    public Cgroup child(String name) {
        return new Cgroup(directory.resolve(name));
    }

    public void create() throws IOException {
        Files.createDirectories(directory);
    }

    /** Kills every process of this group and of those below it; returns before they are gone. */
    public void kill() throws IOException {
        try {
            Files.writeString(directory.resolve("cgroup.kill"), "1");
        } catch (NoSuchFileException e) {
            // No group, no processes.
        }
    }

    /** Whether a process lives in this group or below it. */
    public boolean isPopulated() throws IOException {
        try {
            return Files.readString(directory.resolve("cgroup.events")).contains("populated 1");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Removes this group and those below it.
     *
     * @throws IOException if processes are left
     */
    public void remove() throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        List<Path> below;
        try (Stream<Path> files = Files.list(directory)) {
            below = files.filter(Files::isDirectory).toList();
        }
        for (Path directory : below) {
            new Cgroup(directory).remove();
        }
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            throw new IOException("cgroup " + directory + " still has processes", e);
        } catch (FileSystemException e) {
            throw new IOException("cgroup " + directory + " still has processes: " + e.getReason(), e);
        }
    }

    /** Removes this group if there is no other below it and no process in it. */
    public void removeUnlessUsed() throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (FileSystemException e) {
            // In use: the kernel says "busy" or "not empty".
        }
    }
}
