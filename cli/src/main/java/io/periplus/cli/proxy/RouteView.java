package io.periplus.cli.proxy;

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

/** {@code proxy-config route}. */
@Command(
        name = "route",
        aliases = {"r", "routes"},
        description = "Show the routes of a waypoint or Gateway, one line per match.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} deploy/waypoint -n shop",
            "  ${COMMAND-FULL-NAME} gateway/edge.shop --name http -o json"
        })
final class RouteView implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Mixin
    private final ProxyTarget target = new ProxyTarget();

    @Option(
            names = "--name",
            paramLabel = "<name>",
            defaultValue = "",
            description = "only of this listener, or of this host name")
    private String name = "";

    RouteView(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        ProxyDump dump = target.dump(globals);
        ArrayNode routes = dump.select("routes", this::isWanted);
        target.print(console, table(routes), routes);
        return ExitCode.OK;
    }

    private boolean isWanted(JsonNode route) {
        if (name.isEmpty()) {
            return true;
        }
        for (JsonNode parent : route.path("parents")) {
            String parentName = nameOf(parent);
            if (parentName.equals(name) || parentName.startsWith(name + ":")) {
                return true;
            }
        }
        return false;
    }

    static Table table(ArrayNode routes) {
        Table table = new Table(5).row("NAME", "VHOST NAME", "DOMAINS", "MATCH", "VIRTUAL SERVICE");
        for (JsonNode route : routes) {
            String object =
                    kind(route) + " " + Json.text(route, "/name", "") + "." + Json.text(route, "/namespace", "");
            for (JsonNode parent : route.path("parents")) {
                for (JsonNode rule : route.path("rules")) {
                    for (String match : matches(rule)) {
                        table.row(nameOf(parent), host(parent), domains(parent), match, object);
                    }
                }
            }
        }
        return table;
    }

    private static String kind(JsonNode route) {
        return Json.text(route, "/kind", "HTTP") + "Route";
    }

    private static String nameOf(JsonNode parent) {
        if (parent.has("listener")) {
            return Json.text(parent, "/listener/listener", "");
        }
        String port = Json.text(parent, "/service/port", "");
        return Json.text(parent, "/service/service/hostname", "") + ":" + (port.isEmpty() ? "*" : port);
    }

    private static String host(JsonNode parent) {
        return parent.has("listener")
                ? "listener " + Json.text(parent, "/listener/listener", "")
                : Json.text(parent, "/service/service/hostname", "");
    }

    private static String domains(JsonNode parent) {
        List<String> names = new ArrayList<>();
        parent.at("/listener/hostnames").forEach(host -> names.add(host.asText()));
        parent.at("/service/serverNames").forEach(host -> names.add(host.asText()));
        return names.isEmpty() ? "*" : String.join(", ", names);
    }

    private static List<String> matches(JsonNode rule) {
        List<String> texts = new ArrayList<>();
        rule.path("matches").forEach(match -> texts.add(match(match)));
        if (texts.isEmpty()) {
            texts.add("/*");
        }
        if (!Json.text(rule, "/unusable", "").isEmpty()) {
            texts.replaceAll(text -> text + " (unusable: 500)");
        }
        return texts;
    }

    private static String match(JsonNode match) {
        List<String> parts = new ArrayList<>();
        add(parts, Json.text(match, "/method", ""));
        add(parts, value(match.path("path")));
        add(parts, value(match.path("grpcService")));
        add(parts, value(match.path("grpcMethod")));
        match.path("headers").forEach(h -> parts.add(Json.text(h, "/name", "") + "=" + value(h.path("value"))));
        match.path("queryParams")
                .forEach(q -> parts.add("?" + Json.text(q, "/name", "") + "=" + value(q.path("value"))));
        return parts.isEmpty() ? "/*" : String.join(" ", parts);
    }

    private static void add(List<String> parts, String text) {
        if (!text.isEmpty()) {
            parts.add(text);
        }
    }

    /** A prefix ends with a star, a regular expression begins with a tilde. */
    private static String value(JsonNode match) {
        String text = Json.text(match, "/value", "");
        return switch (Json.text(match, "/type", "EXACT")) {
            case "PATH_PREFIX" -> text + "*";
            case "REGEX" -> "~" + text;
            default -> text;
        };
    }
}
