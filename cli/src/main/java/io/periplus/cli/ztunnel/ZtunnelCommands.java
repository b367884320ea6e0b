package io.periplus.cli.ztunnel;

import io.periplus.cli.Console;
import io.periplus.cli.Globals;
import io.periplus.cli.Group;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The group {@code ztunnel-config}, and the part of {@code proxy-config} that shows the same. */
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

    @Command(
            name = "proxy-config",
            description =
                    "Show a proxy's configuration. In ambient mode: `workload`, the same as `ztunnel-config workload`.",
            synopsisSubcommandLabel = "<command>",
            footer = {"", "Examples:", "  ${COMMAND-FULL-NAME} workload -n istio-system ds/ztunnel"})
    static final class ProxyConfigGroup extends Group {}

    /** {@code ztunnel-config}. */
    public static CommandLine build(Console console, Globals globals) {
        return new CommandLine(new ZtunnelGroup())
                .addSubcommand(new WorkloadCommand(console, globals))
                .addSubcommand(new ServiceCommand(console, globals))
                .addSubcommand(new PolicyCommand(console, globals))
                .addSubcommand(new CertificateCommand(console, globals))
                .addSubcommand(new AllCommand(console, globals));
    }

    /** {@code proxy-config}. */
    public static CommandLine proxyConfig(Console console, Globals globals) {
        return new CommandLine(new ProxyConfigGroup()).addSubcommand(new WorkloadCommand(console, globals));
    }
}
