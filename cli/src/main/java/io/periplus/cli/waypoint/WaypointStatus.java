package io.periplus.cli.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.GoDuration;
import io.periplus.cli.Poll;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Table;
import io.periplus.cli.waypoint.WaypointCommands.WaypointGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waypoint status}: a row per look at each waypoint, until it is programmed. */
@Command(
        name = "status",
        description = "Show the status of the waypoints of a namespace; waits until they are programmed.",
        footer = {"", "Examples:", "  ${COMMAND-FULL-NAME} -n shop", "  ${COMMAND-FULL-NAME} -A --wait=false"})
final class WaypointStatus implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Option(
            names = {"-A", "--all-namespaces"},
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            description = "of all namespaces")
    private boolean allNamespaces;

    @Option(
            names = {"-w", "--wait"},
            arity = "0..1",
            defaultValue = "true",
            fallbackValue = "true",
            description = "wait until each is programmed (default: true)")
    private boolean wait = true;

    @Option(
            names = "--waypoint-timeout",
            paramLabel = "<duration>",
            defaultValue = "90s",
            converter = GoDuration.class,
            description = "bound of --wait for each waypoint (default: 90s)")
    private Duration timeout = Duration.ofSeconds(90);

    @Parameters(hidden = true)
    private List<String> ignored = new ArrayList<>();

    WaypointStatus(Console console, Globals globals, WaypointGroup group) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        try (KubeClient client = globals.connect()) {
            String namespace = allNamespaces ? null : globals.namespace(client);
            List<JsonNode> gateways = Gateways.list(client, namespace);
            List<Waypoint> waypoints = WaypointList.waypoints(gateways);
            if (gateways.isEmpty()) {
                console.out().println("No waypoints found.");
            } else {
                console.out().print(table(client, waypoints));
            }
            if (waypoints.isEmpty() && namespace != null) {
                Elsewhere.advise(console, client, namespace);
            }
        }
        return ExitCode.OK;
    }

    private Table table(KubeClient client, List<Waypoint> waypoints) throws IOException {
        Table table = new Table(WaypointList.PADDING);
        table.row(cells("NAMESPACE", "NAME", "STATUS", "TYPE", "REASON", "MESSAGE"));
        for (Waypoint waypoint : waypoints) {
            boolean ready = Poll.until(wait ? timeout : Duration.ZERO, Duration.ofSeconds(1), () -> {
                Waypoint now = new Waypoint(client.get(Resource.GATEWAYS, waypoint.namespace(), waypoint.name()));
                table.row(row(now));
                return now.isProgrammed() || !wait;
            });
            if (!ready) {
                throw new CliException(
                        "failed to print waypoint status: timed out while retrieving status for waypoint\t"
                                + waypoint.namespace() + "/" + waypoint.name());
            }
        }
        return table;
    }

    private List<String> row(Waypoint waypoint) {
        JsonNode condition = waypoint.tellingCondition();
        JsonNode shown = condition == null ? Json.MAPPER.createObjectNode() : condition;
        return cells(
                waypoint.namespace(),
                waypoint.name(),
                Json.text(shown, "/status", ""),
                Json.text(shown, "/type", ""),
                Json.text(shown, "/reason", ""),
                Json.text(shown, "/message", ""));
    }

    private List<String> cells(String... cells) {
        List<String> all = List.of(cells);
        return allNamespaces ? all : all.subList(1, all.size());
    }
}
