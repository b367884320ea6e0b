package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.text.Output;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code experimental describe service}. */
@Command(
        name = "service",
        aliases = {"svc"},
        description =
                "Describe a Service, or the ServiceEntry of that name: its waypoint and by which label it has it, its routes, settings and policies.",
        footer = {"", "Examples:", "  ${COMMAND-FULL-NAME} web -n shop", "  ${COMMAND-FULL-NAME} web.shop -o json"})
final class DescribeService implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Parameters(paramLabel = "<name>[.<namespace>]", description = "the Service")
    private String wanted = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json|yaml",
            defaultValue = "text",
            description = "output format (default: text)")
    private String output = "text";

    DescribeService(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        Output.check(output, "text");
        try (KubeClient client = globals.connect()) {
            int dot = wanted.indexOf('.');
            String name = dot < 0 ? wanted : wanted.substring(0, dot);
            String namespace = dot < 0 ? globals.namespace(client) : wanted.substring(dot + 1);
            Snapshot snapshot = MeshReader.read(client, globals, namespace);
            KubeObject service = snapshot.find(ObjectKind.SERVICE, namespace, name);
            KubeObject found = service != null ? service : snapshot.find(ObjectKind.SERVICE_ENTRY, namespace, name);
            if (found == null) {
                throw new CliException("services \"" + name + "\" not found in namespace \"" + namespace + "\"");
            }
            JsonNode description = new Description(snapshot).service(found);
            Output.print(console, output, DescriptionText.ofService(description), description);
        }
        return ExitCode.OK;
    }
}
