package io.periplus.cli.proxy;

import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code proxy-config log}. */
@Command(
        name = "log",
        aliases = {"o"},
        description = "Show or change what a waypoint or Gateway logs.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} deploy/waypoint -n shop",
            "  ${COMMAND-FULL-NAME} deploy/waypoint -n shop --level xds=debug",
            "  ${COMMAND-FULL-NAME} deploy/waypoint -n shop --reset"
        })
final class LogCommand implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Mixin
    private final ProxyTarget target = new ProxyTarget();

    @Option(
            names = "--level",
            paramLabel = "[<scope>=]<level>,…",
            defaultValue = "",
            description = "off, error, warn, info, debug or trace, for everything or for a scope")
    private String level = "";

    @Option(
            names = {"-r", "--reset"},
            description = "return to the levels of the start")
    private boolean reset;

    LogCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        if (reset && !level.isEmpty()) {
            throw new CliException("--level cannot be combined with --reset");
        }
        if (!target.asTable()) {
            throw new CliException("--output is not applicable for this command");
        }
        String query = "";
        if (reset) {
            query = "?reset";
        } else if (!level.isEmpty()) {
            query = "?level=" + URLEncoder.encode(level.replace(':', '='), StandardCharsets.UTF_8);
        }
        console.out().print(target.post(globals, "/logging" + query));
        return ExitCode.OK;
    }
}
