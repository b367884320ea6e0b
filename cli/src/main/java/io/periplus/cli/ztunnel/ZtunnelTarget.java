package io.periplus.cli.ztunnel;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.DumpFlags;
import io.periplus.cli.Globals;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Table;
import java.io.IOException;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private final DumpFlags flags = new DumpFlags();

    /**
     * What ztunnel answers.
     *
     * @param oneProxyOnly refuse to choose among several ztunnels, since the answer differs between them
     */
    ConfigDump dump(Globals globals, boolean oneProxyOnly) throws IOException {
        flags.checkOutput();
        int given = (pod.isEmpty() ? 0 : 1) + (node.isEmpty() ? 0 : 1) + (flags.hasFile() ? 1 : 0);
        if (given > 1) {
            throw new CliException("at most one of --file, --node, or pod name must be passed");
        }
        JsonNode saved = flags.saved();
        if (saved != null) {
            return new ConfigDump(saved, "");
        }
        try (KubeClient client = globals.connect()) {
            ZtunnelPods pods = new ZtunnelPods(client, globals.systemNamespace());
            ZtunnelPods.Choice choice = pods.choose(pod, node, globals.namespaceFlag(), oneProxyOnly);
            JsonNode dump = Json.parse(flags.ask(client, choice.namespace(), choice.name(), "GET", "/config_dump"));
            return new ConfigDump(dump, choice.workloadUidSuffix());
        }
    }

    boolean asTable() {
        return flags.asTable();
    }

    /** Prints the table, or the selected part of the dump in the chosen format. */
    void print(Console console, Table table, JsonNode selected) {
        flags.print(console, table, selected);
    }
}
