package io.periplus.cli.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.text.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waypoint list}. */
@Command(
        name = "list",
        description = "List the waypoints of a namespace, or of all.",
        footer = {"", "Examples:", "  ${COMMAND-FULL-NAME} -n shop", "  ${COMMAND-FULL-NAME} -A"})
final class WaypointList implements Callable<Integer> {
    /** Spaces between columns, as upstream. */
    static final int PADDING = 5;

    private final Console console;
    private final Globals globals;

    @Option(
            names = {"-A", "--all-namespaces"},
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            description = "of all namespaces")
    private boolean allNamespaces;

    @Parameters(hidden = true)
    private List<String> ignored = new ArrayList<>();

    WaypointList(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws KubeException {
        try (KubeClient client = globals.connect()) {
            String namespace = allNamespaces ? null : globals.namespace(client);
            List<JsonNode> gateways = Gateways.list(client, namespace);
            List<Waypoint> waypoints = waypoints(gateways);
            if (gateways.isEmpty()) {
                console.out().println("No waypoints found.");
            } else {
                console.out().print(table(waypoints));
            }
            if (waypoints.isEmpty() && namespace != null) {
                Elsewhere.advise(console, client, namespace);
            }
        }
        return ExitCode.OK;
    }

    /** The waypoints among the Gateways, by namespace and name. */
    static List<Waypoint> waypoints(List<JsonNode> gateways) {
        return gateways.stream()
                .map(Waypoint::new)
                .filter(Waypoint::isWaypoint)
                .sorted(Comparator.comparing(Waypoint::namespace).thenComparing(Waypoint::name))
                .toList();
    }

    private Table table(List<Waypoint> waypoints) {
        Table table = new Table(PADDING);
        table.row(cells("NAMESPACE", "NAME", "REVISION", "TRAFFIC TYPE", "PROGRAMMED"));
        waypoints.forEach(
                w -> table.row(cells(w.namespace(), w.name(), w.revision(), w.trafficType(), w.programmed())));
        return table;
    }

    private List<String> cells(String... cells) {
        List<String> all = List.of(cells);
        return allNamespaces ? all : all.subList(1, all.size());
    }
}
