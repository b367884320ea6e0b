package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Origin;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.Pods;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Output;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code experimental describe pod}. */
@Command(
        name = "pod",
        aliases = {"po"},
        description =
                "Describe a pod: whether it is captured, by which ztunnel, behind which waypoint and by which label, and"
                        + " which routes and policies hold for it.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} web-1 -n shop",
            "  ${COMMAND-FULL-NAME} deploy/web.shop -o yaml"
        })
final class DescribePod implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Parameters(
            paramLabel = "[<type>/]<name>[.<namespace>]",
            description = "a pod, deploy/<name>, ds/<name>, sts/<name>")
    private String pod = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json|yaml",
            defaultValue = "text",
            description = "output format (default: text)")
    private String output = "text";

    DescribePod(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        Output.check(output, "text");
        try (KubeClient client = globals.connect()) {
            JsonNode found =
                    new Pods(client).find(pod, globals.namespace(client)).first();
            String namespace = Json.text(found, "/metadata/namespace", "");
            Snapshot snapshot = MeshReader.read(client, globals, namespace);
            JsonNode description =
                    new Description(snapshot).pod(KubeObject.of(ObjectKind.POD, found, namespace, Origin.CLUSTER));
            Output.print(console, output, DescriptionText.ofPod(description), description);
        }
        return ExitCode.OK;
    }
}
