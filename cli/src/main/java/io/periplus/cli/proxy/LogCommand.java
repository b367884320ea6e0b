package io.periplus.cli.proxy;

import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.LogLevelFlags;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

    @Mixin
    private final LogLevelFlags levels = new LogLevelFlags();

    LogCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        console.out().print(target.post(globals, levels.path(target.asTable())));
        return ExitCode.OK;
    }
}
