package io.periplus.lab.lifecycle;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings a lab is started with, kept in {@code lab.json} so that it comes back at the same ports. */
record LabSettings(List<ClusterSettings> clusters) {
    LabSettings {
        clusters = List.copyOf(clusters);
    }

    /** Settings from options and what an earlier start kept; free ports are chosen where 0 was asked for. */
    static LabSettings of(LabOptions options, LabDirectory directory) throws LabException {
        LabSettings kept = read(directory.settings());
        var clusters = new ArrayList<ClusterSettings>();
        for (int i = 0; i < ClusterSettings.NAMES.size(); i++) {
            String name = ClusterSettings.NAMES.get(i);
            int port = !options.apiPorts().isEmpty()
                    ? options.apiPorts().get(i)
                    : kept != null ? kept.clusters().get(i).apiPort() : LabOptions.DEFAULT_PORTS.get(i);
            int nodes = !options.nodes().isEmpty()
                    ? options.nodes().get(i)
                    : kept != null ? kept.clusters().get(i).nodes() : 1;
            clusters.add(new ClusterSettings(
                    name, i + 1, port == 0 ? freePort() : port, instance(directory.root()) + name, nodes));
        }
        return new LabSettings(clusters);
    }

    static @Nullable LabSettings read(Path file) throws LabException {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            return Json.MAPPER.readValue(file.toFile(), LabSettings.class);
        } catch (IOException e) {
            throw new LabException(
                    ExitCode.NOT_CONFIGURED,
                    file + " cannot be read (" + e.getMessage() + "); delete it to start with default settings",
                    e);
        }
    }

    void write(Path file) throws IOException {
        Json.writeAtomically(file, this);
    }

    /** Empty for the default directory, otherwise a prefix that tells this lab's names from those of other labs. */
    static String instance(Path stateDirectory) {
        return stateDirectory.equals(LabOptions.DEFAULT_DIRECTORY)
                ? ""
                : HexFormat.of().toHexDigits(stateDirectory.toString().hashCode()) + "-";
    }

    private static int freePort() throws LabException {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new LabException(ExitCode.NOT_CONFIGURED, "no free port on 127.0.0.1: " + e.getMessage(), e);
        }
    }
}
