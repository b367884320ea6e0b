package io.periplus.cli.ztunnel;

import io.periplus.cli.Console;
import io.periplus.cli.Globals;
import io.periplus.cli.Group;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The group {@code ztunnel-config}. */
public final class ZtunnelCommands {
    private ZtunnelCommands() {}

    @Command(
            name = "ztunnel-config",
            description = "Show what a node's ztunnel knows and does.",
            synopsisSubcommandLabel = "<command>",
            footer = {
                "",
                "Examples:",
                "  ${COMMAND-FULL-NAME} workload",
                "  ${COMMAND-FULL-NAME} certificate --node node-1",
                "  ${COMMAND-FULL-NAME} all -o json"
            })
    static final class ZtunnelGroup extends Group {}

    /** {@code ztunnel-config}. */
    public static CommandLine build(Console console, Globals globals) {
        return new CommandLine(new ZtunnelGroup())
                .addSubcommand(new WorkloadCommand(console, globals))
                .addSubcommand(new ServiceCommand(console, globals))
                .addSubcommand(new PolicyCommand(console, globals))
                .addSubcommand(new CertificateCommand(console, globals))
                .addSubcommand(new ConnectionsCommand(console, globals))
                .addSubcommand(new LogCommand(console, globals))
                .addSubcommand(new AllCommand(console, globals));
    }

    /** {@code workload}, for {@code proxy-config}, where it used to be. */
    public static CommandLine workload(Console console, Globals globals) {
        return new CommandLine(new WorkloadCommand(console, globals));
    }
}
