package io.periplus.cli.experimental;

import io.periplus.cli.Console;
import io.periplus.cli.Globals;
import io.periplus.cli.Group;
import io.periplus.cli.proxy.ProxyStatusCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The group {@code experimental}. */
public final class ExperimentalCommands {
    private ExperimentalCommands() {}

    @Command(
            name = "experimental",
            description = "Commands that upstream calls experimental.",
            synopsisSubcommandLabel = "<command>",
            footer = {
                "",
                "Examples:",
                "  ${COMMAND-FULL-NAME} authz check web-1.shop",
                "  ${COMMAND-FULL-NAME} describe service web -n shop",
                "  ${COMMAND-FULL-NAME} precheck"
            })
    static final class ExperimentalGroup extends Group {}

    @Command(
            name = "authz",
            description = "Inspect AuthorizationPolicies.",
            synopsisSubcommandLabel = "<command>",
            footer = {"", "Examples:", "  ${COMMAND-FULL-NAME} check deploy/waypoint -n shop"})
    static final class AuthzGroup extends Group {}

    @Command(
            name = "describe",
            aliases = {"des"},
            description = "Describe what the mesh does for a pod or Service.",
            synopsisSubcommandLabel = "<command>",
            footer = {
                "",
                "Examples:",
                "  ${COMMAND-FULL-NAME} pod web-1 -n shop",
                "  ${COMMAND-FULL-NAME} service web.shop -o json"
            })
    static final class DescribeGroup extends Group {}

    /** {@code experimental}. */
    public static CommandLine build(Console console, Globals globals) {
        return new CommandLine(new ExperimentalGroup())
                .addSubcommand(new CommandLine(new AuthzGroup()).addSubcommand(new AuthzCheck(console, globals)))
                .addSubcommand(new CommandLine(new DescribeGroup())
                        .addSubcommand(new DescribePod(console, globals))
                        .addSubcommand(new DescribeService(console, globals)))
                .addSubcommand(new Precheck(console, globals))
                .addSubcommand("proxy-status", new CommandLine(new ProxyStatusCommand(console, globals)), "ps");
    }
}
