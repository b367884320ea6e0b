package io.periplus.cli.ztunnel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Table;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ztunnel-config workload}. */
@Command(
        name = "workload",
        aliases = {"w", "workloads"},
        description = "Show the workloads that a ztunnel knows.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME}",
            "  ${COMMAND-FULL-NAME} --workload-namespace shop -o json",
            "  ${COMMAND-FULL-NAME} ds/ztunnel -n istio-system"
        })
final class WorkloadCommand implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Mixin
    private final ZtunnelTarget target = new ZtunnelTarget();

    @Option(
            names = "--address",
            paramLabel = "<ip>",
            defaultValue = "",
            description = "only workloads with this address")
    private String address = "";

    @Option(
            names = "--workload-namespace",
            paramLabel = "<namespace>",
            defaultValue = "",
            description = "only workloads of this namespace")
    private String namespace = "";

    @Option(
            names = "--workload-node",
            paramLabel = "<node>",
            defaultValue = "",
            description = "only workloads of this node")
    private String node = "";

    WorkloadCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        ConfigDump dump = target.dump(globals, false);
        ArrayNode workloads = dump.select("workloads", filter(dump));
        target.print(console, table(dump, workloads), workloads);
        return ExitCode.OK;
    }

    private Predicate<JsonNode> filter(ConfigDump dump) {
        Predicate<JsonNode> uid = w -> Json.text(w, "/uid", "").endsWith(dump.workloadUidSuffix());
        Predicate<JsonNode> ip = w -> address.isEmpty() || hasAddress(w);
        return ConfigDump.field("/namespace", namespace)
                .and(ConfigDump.field("/node", node))
                .and(uid)
                .and(ip);
    }

    private boolean hasAddress(JsonNode workload) {
        for (JsonNode ip : workload.path("workloadIps")) {
            if (ip.asText().equals(address)) {
                return true;
            }
        }
        return false;
    }

    static Table table(ConfigDump dump, ArrayNode workloads) {
        Table table = new Table(1).row("NAMESPACE", "POD NAME", "ADDRESS", "NODE", "WAYPOINT", "PROTOCOL");
        workloads.forEach(w -> table.row(
                Json.text(w, "/namespace", ""),
                Json.text(w, "/name", ""),
                Json.text(w, "/workloadIps/0", ""),
                Json.text(w, "/node", ""),
                dump.waypointOf(w),
                Json.text(w, "/protocol", "TCP")));
        return table;
    }
}
