package io.periplus.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The lab with the mesh in both clusters, brought up once for all tests in a folder and on ports of its own, and forgotten at
 * the end. With the environment variable {@code PERIPLUS_KEEP_LAB} it stays, for a look at it and for a quicker next run.
 */
final class Lab {
    private static final Path STATE = Path.of("target", "lab").toAbsolutePath();
    /** Another test run on the same machine wants others. */
    private static final String PORTS = System.getProperty("periplus.e2e.ports", "17443,17444");

    /** Made when it is first wanted: a test that has a lab of its own needs no other. */
    private static final class Shared {
        static final Lab INSTANCE = new Lab(STATE, PORTS);
    }

    private final Path state;
    private final String ports;
    private final Map<String, String> environment;
    private final Duration startTime;

    private Lab(Path state, String ports, String... options) {
        this.state = state;
        this.ports = ports;
        Instant start = Instant.now();
        command("lab", "up").plus(options).within(Duration.ofMinutes(5)).run().succeeds();
        startTime = Duration.between(start, Instant.now());
        environment = environment(command("lab", "env").run().succeeds().out());
        if (System.getenv("PERIPLUS_KEEP_LAB") == null) {
            Runtime.getRuntime().addShutdownHook(new Thread(this::delete));
        }
    }

    /** A lab for one test class, which deletes it, on free ports. */
    static Lab own(String name, String... options) {
        return new Lab(Path.of("target", name).toAbsolutePath(), "0,0", options);
    }

    static Stream<Cluster> clusters() {
        return Stream.of("cluster1", "cluster2").map(Shared.INSTANCE::cluster);
    }

    /** From the command to both clusters ready with the mesh; next to nothing if the lab was up already. */
    static Duration startTime() {
        return Shared.INSTANCE.startTime;
    }

    Cluster cluster(String name) {
        return new Cluster(name, environment);
    }

    /** A command of this lab's. */
    Command command(String... words) {
        return command(state, ports, words);
    }

    void delete() {
        command("lab", "delete").within(Duration.ofMinutes(2)).run();
    }

    static Cluster cluster1() {
        return clusters().findFirst().orElseThrow();
    }

    static Command periplus(String... words) {
        return command(STATE, PORTS, words);
    }

    private static Command command(Path state, String ports, String... words) {
        return Command.of("distribution/target/periplus/bin/periplus")
                .plus(words)
                .environment(Map.of("PERIPLUS_LAB_DIR", state.toString(), "PERIPLUS_LAB_API_PORTS", ports));
    }

    /** The network namespace of a cluster's first node, from which its pods can be reached. */
    static String networkNamespace(Cluster cluster) throws IOException {
        for (JsonNode each : new ObjectMapper()
                .readTree(
                        periplus("lab", "status", "-o", "json").run().succeeds().out())
                .path("clusters")) {
            if (each.path("name").asText().equals(cluster.name())) {
                return each.path("nodes").get(0).path("networkNamespace").asText();
            }
        }
        throw new AssertionError("lab status does not know " + cluster.name());
    }

    /** Reads the {@code export NAME=value} lines as a shell would. */
    private static Map<String, String> environment(String exports) {
        Command.Result shell =
                Command.of("bash", "-c", exports + "\nenv -0").run().succeeds();
        Map<String, String> all = new HashMap<>();
        for (String entry : List.of(shell.out().split("\0"))) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                all.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return Map.copyOf(all);
    }
}
