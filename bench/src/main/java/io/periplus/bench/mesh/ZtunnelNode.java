package io.periplus.bench.mesh;

import io.periplus.bench.machine.Cores;
import io.periplus.bench.machine.Probe;
import io.periplus.bench.machine.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A ztunnel process with the pods of its node. */
public final class ZtunnelNode implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(60);
    private static final int READINESS_PORT = 15021;
    private static final String READINESS_PATH = "/healthz/ready";

    private final PodAgent agent;
    private final Program program;

    private ZtunnelNode(PodAgent agent, Program program) {
        this.agent = agent;
        this.program = program;
    }

    /** Starts the process itself. */
    @FunctionalInterface
    public interface Launcher {
        Program start(String name, String namespace, String cores, Path directory, Map<String, String> environment);
    }

    /**
     * Starts it, and waits until it serves.
     *
     * @param node its name
     * @param namespace the node's own network namespace
     * @param pods their network namespaces by name
     */
    public static ZtunnelNode start(
            Launcher launcher, String node, String namespace, Path directory, Map<String, String> pods) {
        PodAgent agent = new PodAgent(directory.resolve(node + ".sock"));
        Map<String, String> env = environment(node, "ztunnel-" + node, "");
        env.put("XDS_ADDRESS", control());
        env.put("CA_ADDRESS", control());
        env.put("INPOD_UDS", agent.socket().toString());
        ZtunnelNode started =
                new ZtunnelNode(agent, launcher.start("ztunnel-" + node, namespace, Cores.all(), directory, env));
        try {
            agent.handOver(pods);
            awaitReady(namespace, started.program);
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
        return started;
    }

    static String control() {
        return "http://" + Topology.CONTROL + ":" + Topology.CONTROL_PORT;
    }

    /** What every proxy of the mesh is told. */
    static Map<String, String> environment(String node, String pod, String address) {
        Map<String, String> env = new HashMap<>();
        env.put("NODE_NAME", node);
        env.put("POD_NAME", pod);
        env.put("POD_NAMESPACE", Topology.NAMESPACE);
        env.put("INSTANCE_IP", address);
        env.put("NETWORK", Topology.NETWORK);
        env.put("ISTIO_META_NETWORK", Topology.NETWORK);
        env.put("ISTIO_META_CLUSTER_ID", Topology.CLUSTER);
        env.put("CA_ROOT_CA", "");
        env.put("XDS_ROOT_CA", "");
        env.put("AUTH_TOKEN", "");
        env.put("RUST_LOG", "warn");
        return env;
    }

    static void awaitReady(String namespace, Program program) {
        Probe.await(namespace, "127.0.0.1", READINESS_PORT, "ready", READINESS_PATH, program, READY);
    }

    public Program program() {
        return program;
    }

    @Override
    public void close() {
        program.close();
        agent.close();
    }
}
