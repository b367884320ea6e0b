package io.periplus.lab.lifecycle;

import io.periplus.lab.node.NodeCleanup;
import io.periplus.lab.node.container.Cgroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a lab leaves on the machine outside of its state directory, so that it can be removed even after the lab process was
 * killed: what is named after its clusters, and {@code /run/netns}, which {@code ip netns} mounts when it is first used.
 *
 * @param clusters host names of the clusters
 * @param namespacesMounted whether {@code /run/netns} was mounted before this lab came
 */
record HostTraces(List<String> clusters, boolean namespacesMounted) {
    private static final Path NAMESPACES = Path.of("/run/netns");

    HostTraces {
        clusters = List.copyOf(clusters);
    }

    /** Notes what will be there, before it is; and removes what an earlier lab of this directory left. */
    static void record(LabDirectory directory, LabSettings settings) throws IOException {
        removeLeftovers(directory);
        var traces = new HostTraces(
                settings.clusters().stream().map(ClusterSettings::hostName).toList(), isMounted(NAMESPACES));
        Json.writeAtomically(directory.traces(), traces);
    }

    /** Whether an earlier lab of this directory did not end by itself. */
    static boolean left(LabDirectory directory) {
        return Files.exists(directory.traces());
    }

    /**
     * Removes what a lab that was killed has left: processes, network namespaces, mounts. No lab may be running.
     *
     * @return whether there was anything
     */
    static boolean removeLeftovers(LabDirectory directory) throws IOException {
        if (!left(directory)) {
            return false;
        }
        remove(directory);
        return true;
    }

    static void remove(LabDirectory directory) throws IOException {
        HostTraces traces = Json.MAPPER.readValue(directory.traces().toFile(), HostTraces.class);
        for (String cluster : traces.clusters()) {
            NodeCleanup.clean(cluster);
        }
        Cgroup.root().removeUnlessUsed();
        if (!traces.namespacesMounted()) {
            unmountNamespaces();
        }
        Files.deleteIfExists(directory.socket());
        Files.deleteIfExists(directory.traces());
    }

    /** Undoes what the first {@code ip netns add} on this machine did, unless somebody else has namespaces by now. */
    private static void unmountNamespaces() throws IOException {
        if (!isMounted(NAMESPACES)) {
            return;
        }
        try (Stream<Path> files = Files.list(NAMESPACES)) {
            if (files.findAny().isPresent()) {
                return;
            }
        }
        try {
            // Fails, as it should, if somebody has made a namespace meanwhile.
            new ProcessBuilder("umount", NAMESPACES.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isMounted(Path directory) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mounts"))) {
            return lines.anyMatch(line -> line.split(" ")[1].equals(directory.toString()));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
