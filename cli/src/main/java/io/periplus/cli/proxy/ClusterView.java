package io.periplus.cli.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Table;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code proxy-config cluster}. */
@Command(
        name = "cluster",
        aliases = {"c", "clusters"},
        description = "Show the services that a waypoint or Gateway sends requests to.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} deploy/waypoint -n shop",
            "  ${COMMAND-FULL-NAME} gateway/waypoint.shop --port 80 -o json"
        })
final class ClusterView implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Mixin
    private final ProxyTarget target = new ProxyTarget();

    @Option(names = "--fqdn", paramLabel = "<host>", defaultValue = "", description = "only this service")
    private String fqdn = "";

    @Option(names = "--port", paramLabel = "<port>", defaultValue = "0", description = "only this port")
    private int port;

    @Option(
            names = "--direction",
            paramLabel = "<direction>",
            defaultValue = "",
            description = "only this direction (proxies here have outbound clusters only)")
    private String direction = "";

    ClusterView(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        ProxyDump dump = target.dump(globals);
        ArrayNode clusters = dump.select(
                "clusters",
                cluster -> (fqdn.isEmpty() || host(cluster).equals(fqdn))
                        && (port == 0 || cluster.path("port").asInt() == port)
                        && (direction.isEmpty() || direction.equals("outbound")));
        target.print(console, table(dump, clusters), clusters);
        return ExitCode.OK;
    }

    static Table table(ProxyDump dump, ArrayNode clusters) {
        Table table = new Table(5).row("SERVICE FQDN", "PORT", "SUBSET", "DIRECTION", "TYPE", "DESTINATION RULE");
        for (JsonNode cluster : clusters) {
            boolean settings = false;
            for (JsonNode policy : dump.root().path("backendPolicies")) {
                String service = Json.text(policy, "/namespace", "") + "/" + Json.text(policy, "/hostname", "");
                settings |= service.equals(Json.text(cluster, "/service", ""));
            }
            table.row(
                    host(cluster),
                    Json.text(cluster, "/port", ""),
                    "-",
                    "outbound",
                    Json.text(cluster, "/type", ""),
                    settings ? "yes (-o json of `all` shows it)" : "");
        }
        return table;
    }

    /** The host name of a cluster's service. */
    static String host(JsonNode cluster) {
        String service = Json.text(cluster, "/service", "");
        return service.substring(service.indexOf('/') + 1);
    }
}
