package io.periplus.cli.install;

import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.kube.KubeClient;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code uninstall}: takes the mesh out of a cluster. */
@Command(
        name = "uninstall",
        description = "Remove the mesh from a cluster. The namespace, the CRDs and everything that users wrote stay.",
        footer = {"", "Examples:", "  ${COMMAND-FULL-NAME} --purge -y --context cluster1"})
public final class UninstallCommand implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Option(
            names = "--purge",
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            description = "remove the mesh")
    private boolean purge;

    @Option(
            names = {"-r", "--revision"},
            paramLabel = "<revision>",
            defaultValue = "",
            description = "remove the mesh of this revision")
    private String revision = "";

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    /** @param console where progress goes */
    public UninstallCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        if (!purge && revision.isEmpty()) {
            throw new CliException(
                    "at least one of the --revision (or --set revision=<revision>), --filename or --purge flags must be set");
        }
        if (!confirmation.given(console, "All of the mesh will be removed from the cluster.")) {
            return ExitCode.FAILED;
        }
        Values values = Values.defaults(globals.systemNamespace());
        try (KubeClient client = globals.connect()) {
            new Installer(client, values, null, console.out()::println).uninstall();
        }
        console.out().println("✔ Uninstall complete");
        return ExitCode.OK;
    }
}
