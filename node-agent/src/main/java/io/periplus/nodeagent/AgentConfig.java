package io.periplus.nodeagent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What the agent is told by its environment.
 *
 * @param node name of the node whose pods are this agent's
 * @param zdsSocket where ztunnel connects
 * @param proc the node's {@code /proc}; needs the node's PID namespace
 * @param excludedNamespaces namespaces that are never enrolled
 * @param probeAddress source of the kubelet's probes as pods see it; never captured
 * @param linger how long ztunnel goes on serving a pod that was released, so that clients can learn of it
 * @param readyPort loopback port of {@code /readyz}
 */
record AgentConfig(
        String node,
        Path zdsSocket,
        Path proc,
        Set<String> excludedNamespaces,
        String probeAddress,
        Duration linger,
        int readyPort) {

    /** Other proxies learn of a change within a second or so; the rest is margin for a slow control plane. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    static AgentConfig from(Map<String, String> environment) {
        String node = environment.getOrDefault("NODE_NAME", "");
        if (node.isEmpty()) {
            throw new IllegalArgumentException(
                    "NODE_NAME: not set (expected: the node's name, as spec.nodeName of its pods)");
        }
        return new AgentConfig(
                node,
                Path.of(environment.getOrDefault("ZTUNNEL_UDS_ADDRESS", "/var/run/ztunnel/ztunnel.sock")),
                Path.of(environment.getOrDefault("HOST_PROC", "/proc")),
                Set.of(environment
                        .getOrDefault("EXCLUDE_NAMESPACES", "kube-system")
                        .split(",")),
                environment.getOrDefault("HOST_PROBE_SNAT_IP", "169.254.7.127"),
                LINGER,
                Integer.parseInt(environment.getOrDefault("READY_PORT", "8000")));
    }
}
