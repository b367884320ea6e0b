package io.periplus.nodeagent;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Where and how the CNI plugin is installed on the node, under upstream's names.
 *
 * @param program the plugin, as it came with this agent
 * @param binaries the node's directory of CNI plugins, as this process sees it
 * @param configurations the node's directory of CNI network configurations, as this process sees it
 * @param configuration name of the file to chain the plugin into; empty for the first by name
 * @param chained whether it goes into a list behind other plugins, or into a file of its own
 * @param runDirectory where the agent listens, the same path on the node and here
 * @param excludedNamespaces whose pods start without the agent being asked
 */
record PluginSettings(
        Path program,
        Path binaries,
        Path configurations,
        String configuration,
        boolean chained,
        Path runDirectory,
        List<String> excludedNamespaces) {
    /** The name of a file of the plugin's own. */
    private static final String OWN_FILE = "YY-istio-cni.conf";

    /** @param home of the distribution */
    static PluginSettings from(Map<String, String> environment, Path home) {
        boolean chained =
                !environment.getOrDefault("CHAINED_CNI_PLUGIN", "true").equalsIgnoreCase("false");
        String configuration = environment.getOrDefault("CNI_CONF_NAME", "");
        return new PluginSettings(
                home.resolve("cni/istio-cni"),
                Path.of(environment.getOrDefault("MOUNTED_CNI_BIN_DIR", "/host/opt/cni/bin")),
                Path.of(environment.getOrDefault("MOUNTED_CNI_NET_DIR", "/host/etc/cni/net.d")),
                configuration.isEmpty() && !chained ? OWN_FILE : configuration,
                chained,
                Path.of(environment.getOrDefault("CNI_AGENT_RUN_DIR", "/var/run/istio-cni")),
                excludedNamespaces(environment));
    }

    /** Names, separated by commas or colons; also in the brackets and with the spaces in which Helm writes a list. */
    static List<String> excludedNamespaces(Map<String, String> environment) {
        return Arrays.stream(environment
                        .getOrDefault("EXCLUDED_NAMESPACES", "kube-system")
                        .split("[\\[\\],: ]+"))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    Path socket() {
        return runDirectory.resolve("pluginevent.sock");
    }
}
