package io.periplus.cli.install;

import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.GoDuration;
import io.periplus.cli.Version;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.text.Yaml;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code install}: the mesh in one cluster. */
@Command(
        name = "install",
        description = "Install the mesh in a cluster, or bring an installed one up to date.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} --context cluster1 --set global.clusterName=cluster1 --set global.network=network1",
            "  ${COMMAND-FULL-NAME} -y --ca-dir ./shared-root",
            "  ${COMMAND-FULL-NAME} --dry-run"
        })
public final class InstallCommand implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "<file>",
            description = "IstioOperator file with profile ambient (repeatable)")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = {"-s", "--set"},
            paramLabel = "<name>=<value>",
            description = "a setting of the chart, for example global.network=network1 (repeatable)")
    private List<String> settings = new ArrayList<>();

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    @Option(
            names = {"-r", "--revision"},
            paramLabel = "<revision>",
            defaultValue = "",
            description = "revision of the control plane")
    private String revision = "";

    @Option(
            names = "--ca-dir",
            paramLabel = "<directory>",
            description = "root-cert.pem and root-key.pem that the mesh's clusters share; made if absent")
    private @Nullable Path authorityDirectory;

    @Option(
            names = "--readiness-timeout",
            paramLabel = "<duration>",
            defaultValue = "5m",
            converter = GoDuration.class,
            description = "how long to wait until all runs (default: 5m)")
    private Duration timeout = Duration.ofMinutes(5);

    @Option(
            names = "--dry-run",
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            description = "print the manifests and change nothing")
    private boolean dryRun;

    /** @param console where progress goes */
    public InstallCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        Values values = values();
        if (dryRun) {
            for (String template : List.of("istiod", "istio-cni", "ztunnel")) {
                Charts.template(template, values)
                        .forEach(object -> console.out().print("---\n" + Yaml.dump(object)));
            }
            return ExitCode.OK;
        }
        String question =
                "This will install the Istio %s profile \"ambient\" into the cluster.".formatted(Version.current());
        if (!confirmation.given(console, question)) {
            return ExitCode.FAILED;
        }
        SharedRoot root = authorityDirectory == null ? null : SharedRoot.in(authorityDirectory);
        try (KubeClient client = globals.connect()) {
            new Installer(client, values, root, console.out()::println).install(timeout);
        }
        console.out().println("The ambient profile has been installed successfully, enjoy Istio without sidecars!");
        return ExitCode.OK;
    }

    private Values values() throws IOException {
        Values values = Values.defaults(globals.systemNamespace());
        for (Path file : files) {
            values = OperatorFile.apply(file, values, console);
        }
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw new CliException("--set " + setting + ": expected <name>=<value>");
            }
            String name = setting.substring(0, equals);
            String value = setting.substring(equals + 1);
            values = name.equals("profile") ? OperatorFile.profile(value, values) : values.with(name, value);
        }
        return revision.isEmpty() ? values : values.with("revision", revision);
    }
}
