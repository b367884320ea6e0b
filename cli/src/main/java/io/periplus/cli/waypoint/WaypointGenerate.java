package io.periplus.cli.waypoint;

import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.text.Yaml;
import io.periplus.cli.waypoint.WaypointCommands.WaypointGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waypoint generate}: the manifest, for a file or a pipe. */
@Command(
        name = "generate",
        description = "Print the Gateway that `apply` would apply. Needs no cluster.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} -n shop",
            "  ${COMMAND-FULL-NAME} --for all -n shop | kubectl apply -f -"
        })
final class WaypointGenerate implements Callable<Integer> {
    private final Console console;
    private final Globals globals;
    private final WaypointGroup group;

    @Option(
            names = "--for",
            paramLabel = "all|none|service|workload",
            defaultValue = "",
            description = "traffic that the waypoint handles")
    private String trafficType = "";

    @Option(
            names = {"-r", "--revision"},
            paramLabel = "<revision>",
            defaultValue = "",
            description = "revision to label the waypoint with")
    private String revision = "";

    @Parameters(hidden = true)
    private List<String> ignored = new ArrayList<>();

    WaypointGenerate(Console console, Globals globals, WaypointGroup group) {
        this.console = console;
        this.globals = globals;
        this.group = group;
    }

    @Override
    public Integer call() {
        var gateway = Waypoint.manifest(group.waypointName(), globals.namespaceFlag(), trafficType, revision);
        console.out().print(Yaml.dump(gateway));
        return ExitCode.OK;
    }
}
