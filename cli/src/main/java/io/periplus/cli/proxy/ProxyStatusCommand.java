package io.periplus.cli.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Output;
import io.periplus.cli.text.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code proxy-status}. */
@Command(
        name = "proxy-status",
        description = "Show the proxies that are connected to the control plane, and whether they took what it sent.",
        footer = {
            "",
            "Types: WDS workloads and services, WADS policies of ztunnels, AUTHZ, AUTHN and LIMITS policies of waypoints,"
                    + " EXTAUTHZ extension providers, RDS routes, CDS backends, LDS listeners.",
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME}",
            "  ${COMMAND-FULL-NAME} -v 1",
            "  ${COMMAND-FULL-NAME} waypoint-5d9c.shop -o json"
        })
public final class ProxyStatusCommand implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Parameters(
            paramLabel = "<pod>[.<namespace>]",
            arity = "0..1",
            defaultValue = "",
            description = "only this proxy, type by type")
    private String pod = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json|yaml",
            defaultValue = "table",
            description = "output format (default: table)")
    private String output = "table";

    @Option(
            names = {"-v", "--verbosity"},
            paramLabel = "<number>",
            defaultValue = "0",
            description = "1: a column per type, with its state and age")
    private int verbosity;

    @Option(
            names = {"-r", "--revision"},
            paramLabel = "<revision>",
            defaultValue = "",
            description = "ask the control plane of this revision only")
    private String revision = "";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "<file>",
            defaultValue = "",
            description = "read a saved /debug/syncz instead")
    private String file = "";

    /** The command. */
    public ProxyStatusCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        Output.check(output, "table");
        ArrayNode proxies = sorted(read());
        if (!pod.isEmpty()) {
            JsonNode one = find(proxies);
            Output.print(console, output, types(one), one);
            return ExitCode.OK;
        }
        Output.print(console, output, verbosity > 0 ? states(proxies) : table(proxies), proxies);
        return ExitCode.OK;
    }

    private ArrayNode read() throws IOException {
        if (!file.isEmpty()) {
            return SyncStates.parse(Files.readAllBytes(Path.of(file)));
        }
        try (KubeClient client = globals.connect()) {
            return SyncStates.read(client, globals.systemNamespace(), revision);
        }
    }

    private JsonNode find(ArrayNode proxies) {
        String name = pod.contains("/") ? pod.substring(pod.indexOf('/') + 1) : pod;
        for (JsonNode proxy : proxies) {
            String known = Json.text(proxy, "/name", "");
            if (known.equals(name)
                    || known.equals(name + "." + globals.namespaceFlag())
                    || known.startsWith(name + ".")) {
                return proxy;
            }
        }
        throw new CliException("proxy \"" + pod + "\" is not connected to the control plane (connected: "
                + proxies.size() + "; `proxy-status` lists them)");
    }

    private static ArrayNode sorted(ArrayNode proxies) {
        List<JsonNode> list = new ArrayList<>();
        proxies.forEach(list::add);
        list.sort(Comparator.comparing(proxy -> Json.text(proxy, "/name", "")));
        ArrayNode sorted = Json.MAPPER.createArrayNode();
        list.forEach(sorted::add);
        return sorted;
    }

    private static Table table(ArrayNode proxies) {
        Table table = new Table(5).row("NAME", "CLUSTER", "ISTIOD", "VERSION", "SUBSCRIBED TYPES");
        proxies.forEach(proxy -> table.row(common(proxy, subscribed(proxy))));
        return table;
    }

    private static String subscribed(JsonNode proxy) {
        Set<String> names = new TreeSet<>();
        proxy.path("types").forEach(type -> names.add(Json.text(type, "/type", "")));
        return names.isEmpty() ? "0" : names.size() + " (" + String.join(",", names) + ")";
    }

    private static List<String> common(JsonNode proxy, String... more) {
        List<String> row = new ArrayList<>(List.of(
                Json.text(proxy, "/name", ""),
                Json.text(proxy, "/cluster", ""),
                Json.text(proxy, "/istiod", ""),
                Json.text(proxy, "/version", "")));
        row.addAll(List.of(more));
        return row;
    }

    private static Table states(ArrayNode proxies) {
        Set<String> types = new TreeSet<>();
        proxies.forEach(proxy -> proxy.path("types").forEach(type -> types.add(Json.text(type, "/type", ""))));
        List<String> heading = new ArrayList<>(List.of("NAME", "CLUSTER", "ISTIOD", "VERSION"));
        heading.addAll(types);
        Table table = new Table(5).row(heading);
        Instant now = Instant.now();
        for (JsonNode proxy : proxies) {
            table.row(common(
                    proxy, types.stream().map(type -> state(proxy, type, now)).toArray(String[]::new)));
        }
        return table;
    }

    private static String state(JsonNode proxy, String wanted, Instant now) {
        for (JsonNode type : proxy.path("types")) {
            if (Json.text(type, "/type", "").equals(wanted)) {
                String age = age(Json.text(type, "/sent", ""), now);
                return Json.text(type, "/status", "") + (age.isEmpty() ? "" : " (" + age + ")");
            }
        }
        return "IGNORED";
    }

    private static String age(String sent, Instant now) {
        if (sent.isEmpty()) {
            return "";
        }
        Duration age = Duration.between(Instant.parse(sent), now);
        if (age.toHours() > 0) {
            return age.toHours() + "h" + age.toMinutesPart() + "m";
        }
        return age.toMinutes() > 0 ? age.toMinutes() + "m" : Math.max(0, age.toSeconds()) + "s";
    }

    private static Table types(JsonNode proxy) {
        Table table = new Table(5).row("TYPE", "STATUS", "AGE", "ERROR");
        Instant now = Instant.now();
        proxy.path("types")
                .forEach(type -> table.row(
                        Json.text(type, "/type", ""),
                        Json.text(type, "/status", ""),
                        age(Json.text(type, "/sent", ""), now),
                        Json.text(type, "/error", "")));
        return table;
    }
}
