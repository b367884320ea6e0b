package io.periplus.lab.lifecycle;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a machine must have before a lab can start, with what to do where it has not. */
final class Prerequisites {
    /** Programs, and the Debian package each comes in. */
    private static final Map<String, String> PROGRAMS = new TreeMap<>(Map.of(
            "ip", "iproute2",
            "nft", "nftables",
            "nsenter", "util-linux",
            "unshare", "util-linux",
            "setsid", "util-linux",
            "mount", "mount"));

    private Prerequisites() {}

    /** @throws LabException with {@link ExitCode#NOT_PERMITTED} */
    static void checkRoot(String command) throws LabException {
        checkRoot(command, Path.of("/proc/self/status"));
    }

    static void checkRoot(String command, Path processStatus) throws LabException {
        boolean root = "root".equals(System.getProperty("user.name"));
        try {
            root = Files.readAllLines(processStatus).stream()
                    .filter(line -> line.startsWith("Uid:"))
                    .anyMatch(line -> line.split("\\s+")[2].equals("0"));
        } catch (IOException e) {
            // Without /proc the name has to do.
        }
        if (!root) {
            throw new LabException(
                    ExitCode.NOT_PERMITTED,
                    "the lab makes network namespaces, which only root may do; run: sudo " + command);
        }
    }

    /** @throws LabException with {@link ExitCode#NOT_INSTALLED} that names the missing programs and their packages */
    static void checkPrograms(String path) throws LabException {
        Set<String> missing = new LinkedHashSet<>();
        Set<String> packages = new TreeSet<>();
        PROGRAMS.forEach((program, pkg) -> {
            if (!isOnPath(program, path)) {
                missing.add(program);
                packages.add(pkg);
            }
        });
        if (!isOnPath("kubectl", path)) {
            missing.add("kubectl (https://kubernetes.io/docs/tasks/tools/)");
            packages.add("kubernetes-client");
        }
        if (!missing.isEmpty()) {
            throw new LabException(
                    ExitCode.NOT_INSTALLED,
                    "missing on this machine: " + String.join(", ", missing) + "; on Debian or Ubuntu: apt-get install "
                            + String.join(" ", packages));
        }
    }

    /** @throws LabException with {@link ExitCode#NOT_CONFIGURED} if a port is taken */
    static void checkPorts(List<ClusterSettings> clusters) throws LabException {
        for (ClusterSettings cluster : clusters) {
            try (var socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), cluster.apiPort()));
            } catch (BindException e) {
                throw new LabException(
                        ExitCode.NOT_CONFIGURED,
                        "port %d on 127.0.0.1, for the API server of %s, is taken by another program; choose others with --api-ports=17443,17444 or %s=17443,17444"
                                .formatted(cluster.apiPort(), cluster.name(), LabOptions.PORTS_VARIABLE),
                        e);
            } catch (IOException e) {
                throw new LabException(
                        ExitCode.NOT_CONFIGURED,
                        "port " + cluster.apiPort() + " on 127.0.0.1 cannot be used: " + e.getMessage(),
                        e);
            }
        }
    }

    private static boolean isOnPath(String program, String path) {
        for (String directory : path.split(":")) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }
}
