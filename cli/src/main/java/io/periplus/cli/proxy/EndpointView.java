package io.periplus.cli.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Table;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code proxy-config endpoint}. */
@Command(
        name = "endpoint",
        aliases = {"ep", "endpoints"},
        description = "Show the endpoints that a waypoint or Gateway chooses among, and which of them it leaves alone.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} deploy/waypoint -n shop",
            "  ${COMMAND-FULL-NAME} deploy/waypoint -n shop --status unhealthy"
        })
final class EndpointView implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Mixin
    private final ProxyTarget target = new ProxyTarget();

    @Option(names = "--address", paramLabel = "<ip>", defaultValue = "", description = "only this address")
    private String address = "";

    @Option(names = "--port", paramLabel = "<port>", defaultValue = "", description = "only this port")
    private String port = "";

    @Option(names = "--cluster", paramLabel = "<name>", defaultValue = "", description = "only of this cluster")
    private String cluster = "";

    @Option(
            names = "--status",
            paramLabel = "healthy|unhealthy",
            defaultValue = "",
            description = "only of this status")
    private String status = "";

    EndpointView(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        ArrayNode endpoints = endpoints(target.dump(globals));
        ArrayNode selected = Json.MAPPER.createArrayNode();
        endpoints.forEach(endpoint -> {
            if (isWanted(endpoint)) {
                selected.add(endpoint);
            }
        });
        target.print(console, table(selected), selected);
        return ExitCode.OK;
    }

    private boolean isWanted(JsonNode endpoint) {
        String socket = Json.text(endpoint, "/endpoint", "");
        return (address.isEmpty() || socket.startsWith(address + ":"))
                && (port.isEmpty() || socket.endsWith(":" + port))
                && (cluster.isEmpty() || cluster.equals(Json.text(endpoint, "/cluster", "")))
                && (status.isEmpty() || status.equalsIgnoreCase(Json.text(endpoint, "/status", "")));
    }

    /** One element per endpoint and cluster. */
    static ArrayNode endpoints(ProxyDump dump) {
        Set<String> ejected = dump.ejected();
        ArrayNode array = Json.MAPPER.createArrayNode();
        for (JsonNode cluster : dump.root().path("clusters")) {
            String name = Json.text(cluster, "/name", "");
            for (JsonNode endpoint : cluster.path("endpoints")) {
                String socket = Json.text(endpoint, "/address", "");
                boolean failed = ejected.contains(name + "::" + socket);
                ObjectNode one = array.addObject();
                one.put("endpoint", socket);
                one.put("status", Json.text(endpoint, "/status", ""));
                one.put("outlierCheck", dump.clusters() == null ? "NA" : failed ? "FAILED" : "OK");
                one.put("cluster", name);
                one.put("workload", Json.text(endpoint, "/workload", ""));
            }
        }
        return array;
    }

    static Table table(ArrayNode endpoints) {
        Table table = new Table(5).row("ENDPOINT", "STATUS", "OUTLIER CHECK", "CLUSTER");
        endpoints.forEach(endpoint -> table.row(
                Json.text(endpoint, "/endpoint", ""),
                Json.text(endpoint, "/status", ""),
                Json.text(endpoint, "/outlierCheck", ""),
                Json.text(endpoint, "/cluster", "")));
        return table;
    }
}
