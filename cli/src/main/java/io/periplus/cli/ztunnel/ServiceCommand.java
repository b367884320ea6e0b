package io.periplus.cli.ztunnel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ztunnel-config service}. */
@Command(
        name = "service",
        aliases = {"services", "s", "svc"},
        description = "Show the services that a ztunnel knows.",
        footer = {"", "Examples:", "  ${COMMAND-FULL-NAME}", "  ${COMMAND-FULL-NAME} --service-namespace shop"})
final class ServiceCommand implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Mixin
    private final ZtunnelTarget target = new ZtunnelTarget();

    @Option(
            names = "--service-namespace",
            paramLabel = "<namespace>",
            defaultValue = "",
            description = "only services of this namespace")
    private String namespace = "";

    ServiceCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        ConfigDump dump = target.dump(globals, false);
        ArrayNode services = dump.select("services", ConfigDump.field("/namespace", namespace));
        target.print(console, table(dump, services), services);
        return ExitCode.OK;
    }

    static Table table(ConfigDump dump, ArrayNode services) {
        Table table = new Table(1).row("NAMESPACE", "SERVICE NAME", "SERVICE VIP", "WAYPOINT", "ENDPOINTS");
        services.forEach(s -> table.row(
                Json.text(s, "/namespace", ""),
                Json.text(s, "/name", ""),
                addresses(s),
                dump.waypointOf(s),
                endpoints(s)));
        return table;
    }

    /** The VIPs without their networks. */
    private static String addresses(JsonNode service) {
        List<String> addresses = new ArrayList<>();
        service.path("vips")
                .forEach(
                        vip -> addresses.add(vip.asText().substring(vip.asText().indexOf('/') + 1)));
        return String.join(",", addresses);
    }

    private static String endpoints(JsonNode service) {
        int total = 0;
        int healthy = 0;
        for (JsonNode endpoint : service.path("endpoints")) {
            total++;
            if (Json.text(endpoint, "/status", "Healthy").equals("Healthy")) {
                healthy++;
            }
        }
        return healthy + "/" + total;
    }
}
