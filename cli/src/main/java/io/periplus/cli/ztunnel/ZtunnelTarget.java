package io.periplus.cli.ztunnel;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.Globals;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.PortForward;
import io.periplus.cli.text.Input;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Output;
import io.periplus.cli.text.Table;
import java.io.IOException;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The flags that all {@code ztunnel-config} commands have: which ztunnel to ask, and how to print. */
final class ZtunnelTarget {
    @Parameters(
            paramLabel = "[<type>/]<name>[.<namespace>]",
            arity = "0..1",
            defaultValue = "",
            description = "a ztunnel pod, ds/ztunnel, or a pod whose node's ztunnel to ask")
    private String pod = "";

    @Option(names = "--node", paramLabel = "<node>", defaultValue = "", description = "ask the ztunnel of this node")
    private String node = "";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "<file>",
            defaultValue = "",
            description = "read a saved /config_dump instead (- for stdin)")
    private String file = "";

    @Option(
            names = "--proxy-admin-port",
            paramLabel = "<port>",
            defaultValue = "15000",
            description = "ztunnel's admin port (default: 15000)")
    private int adminPort = 15000;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "short|json|yaml",
            defaultValue = "short",
            description = "output format (default: short)")
    private String output = "short";

    /**
     * What ztunnel answers.
     *
     * @param oneProxyOnly refuse to choose among several ztunnels, since the answer differs between them
     */
    ConfigDump dump(Globals globals, boolean oneProxyOnly) throws IOException {
        checkFlags();
        if (!file.isEmpty()) {
            return new ConfigDump(Json.parse(Input.read(file)), "");
        }
        try (KubeClient client = globals.connect()) {
            ZtunnelPods pods = new ZtunnelPods(client, globals.systemNamespace());
            ZtunnelPods.Choice choice = pods.choose(pod, node, globals.namespaceFlag(), oneProxyOnly);
            try (PortForward forward = client.forward(choice.namespace(), choice.name(), adminPort)) {
                return new ConfigDump(Json.parse(forward.http("GET", "/config_dump")), choice.workloadUidSuffix());
            }
        }
    }

    private void checkFlags() {
        int given = (pod.isEmpty() ? 0 : 1) + (node.isEmpty() ? 0 : 1) + (file.isEmpty() ? 0 : 1);
        if (given > 1) {
            throw new CliException("at most one of --file, --node, or pod name must be passed");
        }
        switch (output) {
            case "short", "json", "yaml" -> {}
            default -> throw new CliException("output format \"" + output + "\" not supported");
        }
    }

    boolean asTable() {
        return output.equals("short");
    }

    /** Prints the table, or the selected part of the dump in the chosen format. */
    void print(Console console, Table table, JsonNode selected) {
        Output.print(console, output, table, selected);
    }
}
