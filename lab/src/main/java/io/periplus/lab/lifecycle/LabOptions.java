package io.periplus.lab.lifecycle;

import io.periplus.lab.node.net.ClusterNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a lab keeps its state and how it is reached.
 *
 * @param stateDirectory absolute; two labs with different directories can run side by side
 * @param apiPorts ports of the API servers on the host's loopback, one for each cluster, 0 for a free one; empty for the ones used
 *     before, or else {@link #DEFAULT_PORTS}
 * @param binDirectory where {@code periplus} and {@code istioctl} are, for {@code lab env}
 * @param startTimeout how long {@code lab up} waits for both clusters
 * @param nodes how many each cluster has; empty for as many as before, or else one
 * @param javaOptions options of the lab's own JVM
 */
public record LabOptions(
        Path stateDirectory,
        List<Integer> apiPorts,
        @Nullable Path binDirectory,
        Duration startTimeout,
        List<Integer> nodes,
        List<String> javaOptions) {
    public static final Path DEFAULT_DIRECTORY = Path.of("/var/lib/periplus-lab");
    public static final List<Integer> DEFAULT_PORTS = List.of(16443, 16444);
    /** Ten times what a start takes on two slow cores. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(120);

    /** State directory. */
    public static final String DIRECTORY_VARIABLE = "PERIPLUS_LAB_DIR";
    /** Two port numbers with a comma between them. */
    public static final String PORTS_VARIABLE = "PERIPLUS_LAB_API_PORTS";
    /** Nodes of every cluster, or of each with a comma between them. */
    public static final String NODES_VARIABLE = "PERIPLUS_LAB_NODES";
    /** Directory of the launchers; the launcher itself sets it. */
    public static final String BIN_VARIABLE = "PERIPLUS_BIN";
    /** Options of the lab's JVM, with spaces between them, added to the ones it has anyway. */
    public static final String JAVA_OPTIONS_VARIABLE = "PERIPLUS_LAB_JAVA_OPTS";

    public LabOptions {
        stateDirectory = stateDirectory.toAbsolutePath().normalize();
        apiPorts = List.copyOf(apiPorts);
        nodes = List.copyOf(nodes);
        javaOptions = List.copyOf(javaOptions);
        if (!apiPorts.isEmpty() && apiPorts.size() != DEFAULT_PORTS.size()) {
            throw new IllegalArgumentException(
                    "API ports: " + apiPorts + " (expected: " + DEFAULT_PORTS.size() + " ports, one for each cluster)");
        }
    }

    /**
     * Reads the environment variables named above; absent ones have their defaults.
     *
     * @throws LabException when a value cannot be read
     */
    public static LabOptions fromEnvironment(Map<String, String> environment) throws LabException {
        String directory = environment.getOrDefault(DIRECTORY_VARIABLE, "");
        String bin = environment.getOrDefault(BIN_VARIABLE, "");
        String java = environment.getOrDefault(JAVA_OPTIONS_VARIABLE, "").strip();
        return new LabOptions(
                directory.isEmpty() ? DEFAULT_DIRECTORY : Path.of(directory),
                parsePorts(PORTS_VARIABLE, environment.getOrDefault(PORTS_VARIABLE, "")),
                bin.isEmpty() ? null : Path.of(bin),
                DEFAULT_TIMEOUT,
                parseNodes(NODES_VARIABLE, environment.getOrDefault(NODES_VARIABLE, "")),
                java.isEmpty() ? List.of() : List.of(java.split("\\s+")));
    }

    /** @param source names the flag or variable in an error */
    public static List<Integer> parsePorts(String source, String text) throws LabException {
        if (text.isBlank()) {
            return List.of();
        }
        var ports = new ArrayList<Integer>();
        for (String part : text.split(",", -1)) {
            int port = part.strip().matches("\\d{1,5}") ? Integer.parseInt(part.strip()) : -1;
            if (port < 0 || port > 65535) {
                throw wrongPorts(source, text);
            }
            ports.add(port);
        }
        if (ports.size() != DEFAULT_PORTS.size()
                || ports.getFirst() != 0 && ports.getFirst().equals(ports.getLast())) {
            throw wrongPorts(source, text);
        }
        return ports;
    }

    /**
     * Reads {@code 3}, the same for all clusters, or {@code 3,1}.
     *
     * @param source names the flag or variable in an error
     */
    public static List<Integer> parseNodes(String source, String text) throws LabException {
        if (text.isBlank()) {
            return List.of();
        }
        var nodes = new ArrayList<Integer>();
        for (String part : text.split(",", -1)) {
            int count = part.strip().matches("\\d") ? Integer.parseInt(part.strip()) : 0;
            if (count < 1 || count > ClusterNetwork.NODES_MAX) {
                throw wrongNodes(source, text);
            }
            nodes.add(count);
        }
        int clusters = ClusterSettings.NAMES.size();
        if (nodes.size() != 1 && nodes.size() != clusters) {
            throw wrongNodes(source, text);
        }
        return nodes.size() == clusters ? nodes : Collections.nCopies(clusters, nodes.getFirst());
    }

    public LabOptions withStateDirectory(Path directory) {
        return new LabOptions(directory, apiPorts, binDirectory, startTimeout, nodes, javaOptions);
    }

    public LabOptions withApiPorts(List<Integer> ports) {
        return new LabOptions(stateDirectory, ports, binDirectory, startTimeout, nodes, javaOptions);
    }

    public LabOptions withStartTimeout(Duration timeout) {
        return new LabOptions(stateDirectory, apiPorts, binDirectory, timeout, nodes, javaOptions);
    }

    public LabOptions withNodes(List<Integer> counts) {
        return new LabOptions(stateDirectory, apiPorts, binDirectory, startTimeout, counts, javaOptions);
    }

    private static LabException wrongNodes(String source, String text) {
        return new LabException(
                ExitCode.NOT_CONFIGURED,
                source + ": " + text + " (expected: 1 to " + ClusterNetwork.NODES_MAX
                        + " nodes, or a number for each cluster, for example 3,1)");
    }

    private static LabException wrongPorts(String source, String text) {
        return new LabException(
                ExitCode.NOT_CONFIGURED,
                source + ": " + text
                        + " (expected: two different port numbers, for example 16443,16444; 0,0 for free ones)");
    }
}
