package io.periplus.cli.waypoint;

import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.Globals;
import io.periplus.cli.Group;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The group {@code waypoint} and the name that its commands act on. */
public final class WaypointCommands {
    private WaypointCommands() {}

    @Command(
            name = "waypoint",
            description = "Manage waypoints: the proxies that serve the HTTP features of a namespace.",
            synopsisSubcommandLabel = "<command>",
            footer = {
                "",
                "Examples:",
                "  ${COMMAND-FULL-NAME} apply -n shop --enroll-namespace --wait",
                "  ${COMMAND-FULL-NAME} generate --for service -n shop",
                "  ${COMMAND-FULL-NAME} list -A"
            })
    static final class WaypointGroup extends Group {
        @Option(
                names = "--name",
                paramLabel = "<name>",
                defaultValue = Waypoint.DEFAULT_NAME,
                scope = ScopeType.INHERIT,
                description = "name of the waypoint (default: waypoint)")
        private String name = Waypoint.DEFAULT_NAME;

        /** The checked name. */
        String waypointName() {
            if (name.equals("none")) {
                throw new CliException("invalid name provided for waypoint, 'none' is a reserved value");
            }
            return name.isEmpty() ? Waypoint.DEFAULT_NAME : name;
        }

        @Override
        protected Integer unknown(CommandSpec command, String subcommand) {
            throw new CliException("unknown subcommand \"" + subcommand + "\"");
        }
    }

    /** The group with its subcommands. */
    public static CommandLine build(Console console, Globals globals) {
        WaypointGroup group = new WaypointGroup();
        return new CommandLine(group)
                .addSubcommand(new WaypointApply(console, globals, group))
                .addSubcommand(new WaypointDelete(console, globals, group))
                .addSubcommand(new WaypointGenerate(console, globals, group))
                .addSubcommand(new WaypointList(console, globals))
                .addSubcommand(new WaypointStatus(console, globals, group));
    }
}
