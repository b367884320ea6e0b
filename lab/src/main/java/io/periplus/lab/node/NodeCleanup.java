package io.periplus.lab.node;

import io.periplus.lab.node.container.Cgroup;
import io.periplus.lab.node.net.Command;
import io.periplus.lab.node.net.NodeNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Removes what a cluster or a node has on this machine, from names alone: its processes (by cgroup) and its network namespaces.
 * Mounts need no care: all of them are in mount namespaces of containers and go with the last process.
 */
public final class NodeCleanup {
    /** Killed processes are gone in milliseconds, unless one hangs in the kernel. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private NodeCleanup() {}

    /**
     * Removes everything of {@code cluster}; harmless if there is nothing.
     *
     * @throws IOException with what could not be removed
     */
    public static void clean(String cluster) throws IOException {
        stopAll(Cgroup.ofCluster(cluster));
        delete(networkNamespaces(cluster));
    }

    /**
     * Removes everything of one node and of its pods; harmless if there is nothing.
     *
     * @throws IOException with what could not be removed
     */
    public static void clean(NodeConfig node) throws IOException {
        stopAll(Cgroup.ofNode(node.cluster(), node.name()));
        Cgroup.ofCluster(node.cluster()).removeUnlessUsed();
        delete(networkNamespaces(node.cluster()).stream()
                .filter(name -> name.equals(node.networkNamespace()) || name.startsWith(node.podNamespacePrefix()))
                .toList());
    }

    private static void delete(List<String> namespaces) throws IOException {
        if (!namespaces.isEmpty()) {
            Command.shell(namespaces.stream()
                    .map(name -> "ip netns del '" + name + "'\n")
                    .collect(Collectors.joining()));
        }
    }

    /** Whether anything of {@code cluster} is on this machine. */
    public static boolean isNeeded(String cluster) throws IOException {
        return Files.exists(Cgroup.ofCluster(cluster).directory())
                || !networkNamespaces(cluster).isEmpty();
    }

    /** Kills every process of a group and removes the group. */
    public static void stopAll(Cgroup group) throws IOException {
        group.kill();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (group.isPopulated()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "processes of " + group.directory() + " do not end although they were killed; see "
                                + group.directory().resolve("cgroup.procs"));
            }
            // cgroup.events can be watched with inotify only, which is no shorter for a wait of a few milliseconds.
            LockSupport.parkNanos(2_000_000);
        }
        group.remove();
    }

    private static List<String> networkNamespaces(String cluster) throws IOException {
        if (!Files.isDirectory(NodeNetwork.NAMESPACES)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(NodeNetwork.NAMESPACES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(NodeConfig.namespacePrefix(cluster)))
                    .toList();
        }
    }
}
