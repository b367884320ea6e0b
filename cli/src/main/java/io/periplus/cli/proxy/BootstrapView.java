package io.periplus.cli.proxy;

import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code proxy-config bootstrap}. */
@Command(
        name = "bootstrap",
        aliases = {"b"},
        description = "Show how a waypoint or Gateway was started (JSON, or with -o yaml).",
        footer = {"", "Examples:", "  ${COMMAND-FULL-NAME} deploy/waypoint -n shop"})
final class BootstrapView implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Mixin
    private final ProxyTarget target = new ProxyTarget();

    BootstrapView(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        target.print(console, target.dump(globals).root().path("bootstrap"));
        return ExitCode.OK;
    }
}
