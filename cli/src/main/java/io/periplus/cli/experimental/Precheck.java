package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.analyze.finding.Level;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Output;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code experimental precheck}. */
@Command(
        name = "precheck",
        description = "Check whether the mesh can be installed in a cluster, or upgraded.",
        footer = {
            "",
            "Exit codes: 0 nothing at Warning or above, 1 otherwise.",
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME}",
            "  ${COMMAND-FULL-NAME} --skip-controlplane -o json"
        })
final class Precheck implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Option(names = "--skip-controlplane", description = "leave out what only installing needs")
    private boolean skipControlPlane;

    @Option(
            names = {"-f", "--from-version"},
            paramLabel = "<version>",
            defaultValue = "",
            description = "the version to upgrade from")
    private String fromVersion = "";

    @Option(
            names = {"-r", "--revision"},
            paramLabel = "<revision>",
            defaultValue = "",
            description = "the revision to check for")
    private String revision = "";

    @Option(
            names = "--output-threshold",
            paramLabel = "<level>",
            converter = Level.Converter.class,
            defaultValue = "Warning",
            description = "findings from this level on are shown: Info, Warning, Error (default: Warning)")
    private Level threshold = Level.WARNING;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "log|json|yaml",
            defaultValue = "log",
            description = "output format (default: log)")
    private String output = "log";

    Precheck(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        Output.check(output, "log");
        if (!fromVersion.isEmpty() && !fromVersion.matches("v?\\d+\\.\\d+.*")) {
            throw new CliException("invalid version " + fromVersion + ", expected format like '1.0'");
        }
        List<ClusterFinding> findings;
        try (KubeClient client = globals.connect()) {
            findings = new ClusterChecks(client, globals.systemNamespace(), revision).run(skipControlPlane);
        }
        List<ClusterFinding> shown = findings.stream()
                .filter(finding -> finding.level().compareTo(threshold) >= 0)
                .sorted()
                .toList();
        if (output.equals("log")) {
            shown.forEach(finding -> console.out().println(finding.line()));
        } else {
            ArrayNode array = Json.MAPPER.createArrayNode();
            shown.forEach(finding -> array.add(finding.json()));
            Output.print(console, output, "", array);
        }
        if (findings.stream().anyMatch(finding -> finding.level() != Level.INFO)) {
            throw new CliException(
                    "Issues found when checking the cluster. Istio may not be safe to install or upgrade."
                            + "\nSee https://istio.io/latest/docs/reference/config/analysis/ for more information about causes and"
                            + " resolutions.");
        }
        console.err()
                .println("✔ No issues found when checking the cluster. Istio is safe to install or upgrade!\n"
                        + "  To get started: `istioctl install --set profile=ambient`, then label a namespace with"
                        + " istio.io/dataplane-mode=ambient");
        return ExitCode.OK;
    }
}
