package io.periplus.bench.contender;

import io.periplus.bench.machine.BenchException;
import io.periplus.bench.machine.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts Periplus in a role: by the distribution's launcher, or from the class path where there is none (tests). */
public final class Periplus {
    /** What the tables call another build. */
    public static final String OTHER = "periplus, other";

    private Periplus() {}

    /** A role of the distribution. */
    public enum Role {
        ZTUNNEL("ztunnel", "io.periplus.ztunnel.ZtunnelMain"),
        WAYPOINT("waypoint", "io.periplus.waypoint.WaypointMain"),
        GATEWAY("gateway", "io.periplus.waypoint.GatewayMain");

        private final String argument;
        private final String main;

        Role(String argument, String main) {
            this.argument = argument;
            this.main = main;
        }
    }

    /** The process itself: launchers replace themselves by the JVM. */
    public static Program start(
            Role role, String name, String namespace, String cores, Path directory, Map<String, String> environment) {
        return start(role, home(), name, namespace, cores, directory, environment);
    }

    /** Where this distribution is; empty when there is none. */
    public static String home() {
        return System.getProperty("periplus.home", "");
    }

    /**
     * The directory of another distribution.
     *
     * @throws BenchException if there is none
     */
    public static String otherHome(Path against) {
        if (!Files.isExecutable(against.resolve("bin/periplus"))) {
            throw new BenchException("--against %s: there is no bin/periplus in it".formatted(against));
        }
        return against.toAbsolutePath().toString();
    }

    /**
     * The same of another distribution.
     *
     * @param home its directory; empty for this class path
     */
    public static Program start(
            Role role,
            String home,
            String name,
            String namespace,
            String cores,
            Path directory,
            Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        if (home.isEmpty()) {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of(
                    "-Xmx64m",
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    role.main));
        } else {
            command.addAll(List.of(Path.of(home, "bin", "periplus").toString(), role.argument));
        }
        return Program.start(name, namespace, cores, directory, environment, command);
    }
}
