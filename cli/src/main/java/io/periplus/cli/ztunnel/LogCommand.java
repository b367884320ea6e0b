package io.periplus.cli.ztunnel;

import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.LogLevelFlags;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ztunnel-config log}. */
@Command(
        name = "log",
        aliases = "o",
        description = "Show or change the log levels of a ztunnel, or of all.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME}",
            "  ${COMMAND-FULL-NAME} --node node-1 --level access=debug,info",
            "  ${COMMAND-FULL-NAME} --reset"
        })
final class LogCommand implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Mixin
    private final ZtunnelTarget target = new ZtunnelTarget();

    @Mixin
    private final LogLevelFlags levels = new LogLevelFlags();

    LogCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        target.post(console, globals, levels.path(target.asTable()));
        return ExitCode.OK;
    }
}
