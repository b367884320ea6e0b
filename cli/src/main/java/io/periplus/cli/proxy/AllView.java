package io.periplus.cli.proxy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.text.Table;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code proxy-config all}. */
@Command(
        name = "all",
        aliases = {"a"},
        description = "Show clusters, listeners, routes, endpoints and certificates of a waypoint or Gateway.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} deploy/waypoint -n shop --with-headers",
            "  ${COMMAND-FULL-NAME} deploy/waypoint -n shop -o json > dump.json"
        })
final class AllView implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Mixin
    private final ProxyTarget target = new ProxyTarget();

    @Option(names = "--with-headers", description = "a heading before each table")
    private boolean headers;

    AllView(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        ProxyDump dump = target.dump(globals);
        if (!target.asTable()) {
            target.print(console, dump.root());
            return ExitCode.OK;
        }
        ArrayNode clusters = dump.select("clusters", _ -> true);
        section("CLUSTER", ClusterView.table(dump, clusters));
        section("LISTENER", ListenerView.table(dump, dump.select("listeners", _ -> true)));
        section("ROUTE", RouteView.table(dump.select("routes", _ -> true)));
        section("ENDPOINT", EndpointView.table(EndpointView.endpoints(dump)));
        section("SECRET", SecretView.table(SecretView.secrets(dump)));
        return ExitCode.OK;
    }

    private void section(String name, Table table) {
        if (headers) {
            console.out().println("------ " + name + " INFO ------");
        }
        console.out().println(table);
    }
}
