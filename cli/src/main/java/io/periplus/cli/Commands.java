package io.periplus.cli;

import io.periplus.cli.analyze.AnalyzeCommand;
import io.periplus.cli.experimental.ExperimentalCommands;
import io.periplus.cli.install.InstallCommand;
import io.periplus.cli.install.UninstallCommand;
import io.periplus.cli.proxy.ProxyCommands;
import io.periplus.cli.proxy.ProxyStatusCommand;
import io.periplus.cli.waypoint.WaypointCommands;
import io.periplus.cli.why.WhyCommand;
import io.periplus.cli.ztunnel.ZtunnelCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The tree of commands. Only the branches whose name occurs on the command line are built: a command that is not
 * asked for costs nothing at start.
 */
final class Commands {
    private record Branch(List<String> names, Supplier<CommandLine> build, boolean hidden) {}

    /** What the launcher hands to other parts than this one. */
    private static final String[] OTHER_PARTS = {
        "Periplus, an ambient service mesh.",
        "",
        "  periplus tour            two clusters, a sample, a waypoint",
        "  periplus bench l7        speed, side by side with other proxies",
        "  periplus policy test     cases judged by policies, without a cluster",
        "  periplus lab --help      the clusters: up, status, env, down",
        "  ./periplus build, test   of a source tree",
        ""
    };

    private Commands() {}

    @Command(
            description = "Install, configure and inspect the ambient mesh. Every command takes -h.",
            synopsisSubcommandLabel = "<command>",
            footer = {
                "",
                "Examples:",
                "  ${COMMAND-FULL-NAME} waypoint apply -n shop --enroll-namespace --wait",
                "  ${COMMAND-FULL-NAME} ztunnel-config workload"
            })
    private static final class Root extends Group {
        @Mixin
        private final Globals globals = new Globals();

        private final Console console;

        Root(Console console) {
            this.console = console;
        }

        @Override
        protected Integer unknown(CommandSpec command, String name) {
            throw new CliException(
                    "unknown command \"" + name + "\" for \"" + console.program() + "\"", ExitCode.USAGE);
        }
    }

    static CommandLine tree(Console console, List<String> args) {
        Root root = new Root(console);
        CommandLine line = new CommandLine(root);
        line.setCommandName(console.program());
        List<Branch> branches = branches(console, root.globals);
        List<Branch> named = new ArrayList<>(branches);
        named.removeIf(branch -> branch.names.stream().noneMatch(args::contains));
        for (Branch branch : named.isEmpty() ? branches : named) {
            CommandLine built = branch.build.get();
            built.getCommandSpec().usageMessage().hidden(branch.hidden);
            List<String> aliases = branch.names.subList(1, branch.names.size());
            line.addSubcommand(branch.names.getFirst(), built, aliases.toArray(new String[0]));
        }
        if (console.program().equals("periplus")) {
            line.getCommandSpec().usageMessage().header(OTHER_PARTS);
        }
        line.setDefaultValueProvider(new EnvironmentDefaults());
        line.setAbbreviatedOptionsAllowed(false);
        line.setUnmatchedOptionsArePositionalParams(false);
        line.setUsageHelpAutoWidth(true);
        line.setUsageHelpLongOptionsMaxWidth(34);
        return line;
    }

    private static List<Branch> branches(Console console, Globals globals) {
        return List.of(
                branch(() -> WaypointCommands.build(console, globals), "waypoint"),
                branch(() -> new CommandLine(new AnalyzeCommand(console, globals)), "analyze"),
                branch(() -> ExperimentalCommands.build(console, globals), "experimental", "x", "exp"),
                branch(() -> ZtunnelCommands.build(console, globals), "ztunnel-config", "zc"),
                branch(() -> ProxyCommands.build(console, globals), "proxy-config", "pc"),
                branch(() -> new CommandLine(new ProxyStatusCommand(console, globals)), "proxy-status", "ps"),
                branch(() -> new CommandLine(new WhyCommand(console, globals)), "why"),
                branch(() -> new CommandLine(new InstallCommand(console, globals)), "install"),
                branch(() -> new CommandLine(new UninstallCommand(console, globals)), "uninstall"),
                branch(() -> new CommandLine(new VersionCommand(console, globals)), "version"),
                new Branch(List.of("aot-training"), () -> new CommandLine(new AotTraining(console)), true));
    }

    private static Branch branch(Supplier<CommandLine> build, String... names) {
        return new Branch(List.of(names), build, false);
    }
}
