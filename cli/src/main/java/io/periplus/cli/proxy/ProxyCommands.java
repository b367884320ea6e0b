package io.periplus.cli.proxy;

import io.periplus.cli.Console;
import io.periplus.cli.Globals;
import io.periplus.cli.Group;
import io.periplus.cli.ztunnel.ZtunnelCommands;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The group {@code proxy-config}. */
public final class ProxyCommands {
    private ProxyCommands() {}

    @Command(
            name = "proxy-config",
            description = "Show the configuration of a waypoint or Gateway (of a ztunnel: ztunnel-config).",
            synopsisSubcommandLabel = "<command>",
            footer = {
                "",
                "Examples:",
                "  ${COMMAND-FULL-NAME} route deploy/waypoint -n shop",
                "  ${COMMAND-FULL-NAME} all gateway/edge.shop --with-headers"
            })
    static final class ProxyConfigGroup extends Group {}

    /** {@code proxy-config}. */
    public static CommandLine build(Console console, Globals globals) {
        return new CommandLine(new ProxyConfigGroup())
                .addSubcommand(new ClusterView(console, globals))
                .addSubcommand(new ListenerView(console, globals))
                .addSubcommand(new RouteView(console, globals))
                .addSubcommand(new EndpointView(console, globals))
                .addSubcommand(new SecretView(console, globals))
                .addSubcommand(new BootstrapView(console, globals))
                .addSubcommand(new LogCommand(console, globals))
                .addSubcommand(new AllView(console, globals))
                .addSubcommand(ZtunnelCommands.workload(console, globals));
    }
}
