package io.periplus.nodeagent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the agent is told by its environment.
 *
 * @param node name of the node whose pods are this agent's
 * @param zdsSocket where ztunnel connects
 * @param proc the node's {@code /proc}; needs the node's PID namespace
 * @param excludedNamespaces namespaces that are never enrolled
 * @param probes sources of the kubelet's probes as pods see them; never captured
 * @param backend with which programs rules are written
 * @param branchInterfaces whether probes are led to pods with interfaces of their own
 * @param ipv6 whether connections over IPv6 are captured, too
 * @param reconciles whether an agent that starts writes the rules of enrolled pods anew
 * @param selectors which pods belong to the mesh
 * @param captureDns whether pods' questions for names are led to ztunnel, unless a pod says otherwise
 * @param linger how long ztunnel goes on serving a pod that was released, so that clients can learn of it
 * @param readyPort loopback port of {@code /readyz}
 * @param podNamespace the agent's own namespace
 * @param plugin the CNI plugin
 */
record AgentConfig(
        String node,
        Path zdsSocket,
        Path proc,
        Set<String> excludedNamespaces,
        ProbeAddresses probes,
        BackendSettings backend,
        boolean branchInterfaces,
        boolean ipv6,
        boolean reconciles,
        List<EnrolmentSelector> selectors,
        boolean captureDns,
        Duration linger,
        int readyPort,
        String podNamespace,
        PluginSettings plugin) {

    /** Other proxies learn of a change within a second or so; the rest is margin for a slow control plane. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    /** @param home of the distribution */
    static AgentConfig from(Map<String, String> environment, Path home) {
        String node = environment.getOrDefault("NODE_NAME", "");
        if (node.isEmpty()) {
            throw new IllegalArgumentException(
                    "NODE_NAME: not set (expected: the node's name, as spec.nodeName of its pods)");
        }
        return new AgentConfig(
                node,
                Path.of(environment.getOrDefault("ZTUNNEL_UDS_ADDRESS", "/var/run/ztunnel/ztunnel.sock")),
                Path.of(environment.getOrDefault("HOST_PROC", "/proc")),
                Set.copyOf(PluginSettings.excludedNamespaces(environment)),
                new ProbeAddresses(
                        environment.getOrDefault("HOST_PROBE_SNAT_IP", ProbeAddresses.DEFAULT.ipv4()),
                        environment.getOrDefault("HOST_PROBE_SNAT_IPV6", ProbeAddresses.DEFAULT.ipv6())),
                BackendSettings.from(environment),
                isOn(environment, "AMBIENT_ENABLE_AWS_BRANCH_ENI_PROBE"),
                isOn(environment, "AMBIENT_IPV6"),
                isOn(environment, "AMBIENT_RECONCILE_POD_RULES_ON_STARTUP"),
                EnrolmentSelector.parse(environment.getOrDefault("AMBIENT_ENABLEMENT_SELECTOR", "")),
                isOn(environment, "AMBIENT_DNS_CAPTURE"),
                LINGER,
                Integer.parseInt(environment.getOrDefault("READY_PORT", "8000")),
                environment.getOrDefault("POD_NAMESPACE", "istio-system"),
                PluginSettings.from(environment, home));
    }

    private static boolean isOn(Map<String, String> environment, String name) {
        return !environment.getOrDefault(name, "true").equalsIgnoreCase("false");
    }
}
