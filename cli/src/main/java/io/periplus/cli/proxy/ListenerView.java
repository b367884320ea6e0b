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

/** {@code proxy-config listener}. */
@Command(
        name = "listener",
        aliases = {"l", "listeners"},
        description = "Show what a waypoint or Gateway listens for, and where that leads.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} deploy/waypoint -n shop",
            "  ${COMMAND-FULL-NAME} gateway/edge.shop --port 443 -o yaml"
        })
final class ListenerView implements Callable<Integer> {
    private static final String ANY = "0.0.0.0";

    private final Console console;
    private final Globals globals;

    @Mixin
    private final ProxyTarget target = new ProxyTarget();

    @Option(names = "--port", paramLabel = "<port>", defaultValue = "", description = "only this port")
    private String port = "";

    @Option(names = "--waypoint", hidden = true)
    private boolean waypoint;

    ListenerView(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        ProxyDump dump = target.dump(globals);
        ArrayNode listeners = dump.select("listeners", ProxyDump.field("/port", port));
        target.print(console, table(dump, listeners), listeners);
        return ExitCode.OK;
    }

    static Table table(ProxyDump dump, ArrayNode listeners) {
        Table table = new Table(1).row("ADDRESSES", "PORT", "MATCH", "DESTINATION");
        for (JsonNode listener : listeners) {
            if (Json.text(listener, "/protocol", "").equals("HBONE")) {
                tunnels(dump, listener, table);
            } else {
                table.row(
                        ANY,
                        Json.text(listener, "/port", ""),
                        match(listener),
                        "Route: listener " + Json.text(listener, "/name", ""));
            }
        }
        return table;
    }

    /** At a waypoint the authority of a tunnel says which service is meant. */
    private static void tunnels(ProxyDump dump, JsonNode listener, Table table) {
        for (JsonNode cluster : dump.root().path("clusters")) {
            if (cluster.path("fronted").asBoolean()) {
                String name = Json.text(cluster, "/name", "");
                String service = Json.text(cluster, "/service", "");
                String port = Json.text(cluster, "/port", "");
                table.row(
                        ANY,
                        Json.text(listener, "/port", ""),
                        "HBONE to " + ClusterView.host(cluster) + ":" + port,
                        isRouted(dump, service, port)
                                ? "Route: " + ClusterView.host(cluster) + ":" + port
                                : "Cluster: " + name);
            }
        }
    }

    private static boolean isRouted(ProxyDump dump, String service, String port) {
        for (JsonNode route : dump.root().path("routes")) {
            for (JsonNode parent : route.path("parents")) {
                JsonNode of = parent.path("service");
                String name = Json.text(of, "/service/namespace", "") + "/" + Json.text(of, "/service/hostname", "");
                String at = Json.text(of, "/port", "");
                if (name.equals(service) && (at.isEmpty() || at.equals(port))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String match(JsonNode listener) {
        String protocol = Json.text(listener, "/protocol", "").replace("LISTENER_", "");
        String host = Json.text(listener, "/hostname", "");
        boolean passthrough = listener.at("/tls/passthrough").asBoolean();
        return protocol + (passthrough ? " passthrough" : "") + (host.isEmpty() ? " ALL" : " " + host);
    }
}
