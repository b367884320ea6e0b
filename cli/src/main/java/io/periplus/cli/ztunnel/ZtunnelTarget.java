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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
        checkGiven();
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

    /** Sends a request to the admin port of the ztunnel that is named, or of all; prints each answer under its pod's name. */
    void post(Console console, Globals globals, String path) throws IOException {
        checkGiven();
        if (flags.hasFile()) {
            throw new CliException("--file is not applicable for this command");
        }
        List<String> failures = new ArrayList<>();
        try (KubeClient client = globals.connect()) {
            ZtunnelPods pods = new ZtunnelPods(client, globals.systemNamespace());
            List<ZtunnelPods.Choice> chosen = pod.isEmpty() && node.isEmpty()
                    ? pods.all()
                    : List.of(pods.choose(pod, node, globals.namespaceFlag(), false));
            for (ZtunnelPods.Choice ztunnel : chosen) {
                String name = ztunnel.name() + "." + ztunnel.namespace();
                try {
                    byte[] answer = flags.ask(client, ztunnel.namespace(), ztunnel.name(), "POST", path);
                    console.out().print(name + ":\n" + new String(answer, StandardCharsets.UTF_8));
                } catch (CliException e) {
                    failures.add(name + ": " + e.getMessage());
                }
            }
        }
        if (!failures.isEmpty()) {
            throw new CliException(String.join("\n", failures));
        }
    }

    private void checkGiven() {
        int given = (pod.isEmpty() ? 0 : 1) + (node.isEmpty() ? 0 : 1) + (flags.hasFile() ? 1 : 0);
        if (given > 1) {
            throw new CliException("at most one of --file, --node, or pod name must be passed");
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
