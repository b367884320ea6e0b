package io.periplus.cli.ztunnel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Table;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ztunnel-config connections}. */
@Command(
        name = "connections",
        aliases = "cons",
        description = "Show the open connections of a ztunnel's pods.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} --node node-1",
            "  ${COMMAND-FULL-NAME} --workload-namespace shop --direction outbound",
            "  ${COMMAND-FULL-NAME} web-5c9d8-xk2lp.shop --raw"
        })
final class ConnectionsCommand implements Callable<Integer> {
    private static final Set<String> DIRECTIONS = Set.of("", "inbound", "outbound");

    private final Console console;
    private final Globals globals;

    @Mixin
    private final ZtunnelTarget target = new ZtunnelTarget();

    @Option(
            names = "--workload-namespace",
            paramLabel = "<namespace>",
            defaultValue = "",
            description = "only those of pods in this namespace")
    private String namespace = "";

    @Option(
            names = "--direction",
            paramLabel = "inbound|outbound",
            defaultValue = "",
            description = "only those in this direction")
    private String direction = "";

    @Option(names = "--raw", description = "addresses instead of names")
    private boolean raw;

    ConnectionsCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        if (!DIRECTIONS.contains(direction)) {
            throw new CliException("--direction: " + direction + " (expected: inbound or outbound)");
        }
        ConfigDump dump = target.dump(globals, true);
        ArrayNode pods = dump.pods(ConfigDump.field("/info/namespace", namespace));
        target.print(
                console, table(pods, direction, raw ? UnaryOperator.identity() : new AddressNames(dump)::of), pods);
        return ExitCode.OK;
    }

    /** @param names what stands for an address with its port */
    static Table table(ArrayNode pods, String direction, UnaryOperator<String> names) {
        Table table = new Table(1).row("WORKLOAD", "DIRECTION", "LOCAL", "REMOTE", "REMOTE TARGET", "PROTOCOL");
        for (JsonNode pod : pods) {
            String workload = Json.text(pod, "/info/name", "") + "." + Json.text(pod, "/info/namespace", "");
            if (!direction.equals("outbound")) {
                for (JsonNode connection : pod.at("/connections/inbound")) {
                    table.row(
                            workload,
                            "Inbound",
                            names.apply(Json.text(connection, "/actualDst", "")),
                            names.apply(Json.text(connection, "/src", "")),
                            Json.text(connection, "/originalDst", ""),
                            Json.text(connection, "/protocol", ""));
                }
            }
            if (!direction.equals("inbound")) {
                for (JsonNode connection : pod.at("/connections/outbound")) {
                    table.row(
                            workload,
                            "Outbound",
                            names.apply(Json.text(connection, "/src", "")),
                            names.apply(Json.text(connection, "/actualDst", "")),
                            names.apply(Json.text(connection, "/originalDst", "")),
                            Json.text(connection, "/protocol", ""));
                }
            }
        }
        return table;
    }
}
