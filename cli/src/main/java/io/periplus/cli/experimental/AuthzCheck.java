package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Output;
import io.periplus.cli.text.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code experimental authz check}. */
@Command(
        name = "check",
        description =
                "Show the AuthorizationPolicies that a proxy judges by, as the proxy itself tells them: a waypoint's,"
                        + " a Gateway's or a ztunnel's; of an application's pod those of its ztunnel and waypoints that apply to it.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} deploy/waypoint -n shop",
            "  ${COMMAND-FULL-NAME} web-1.shop",
            "  ${COMMAND-FULL-NAME} ds/ztunnel -n istio-system -o json",
            "  ${COMMAND-FULL-NAME} -f config_dump.json"
        })
final class AuthzCheck implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Parameters(
            paramLabel = "[<type>/]<name>[.<namespace>]",
            arity = "0..1",
            defaultValue = "",
            description = "a pod, deploy/<name>, ds/<name>, sts/<name> or gateway/<name>")
    private String pod = "";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "<file>",
            defaultValue = "",
            description = "read a saved /config_dump instead (- for stdin)")
    private String file = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "short|json|yaml",
            defaultValue = "short",
            description = "output format (default: short)")
    private String output = "short";

    AuthzCheck(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        Output.check(output, "short");
        if (pod.isEmpty() == file.isEmpty()) {
            throw new CliException(
                    pod.isEmpty()
                            ? "expecting pod name or config dump, found: none (name a pod, or pass --file)"
                            : "at most one of --file and pod name may be passed");
        }
        List<PolicyRow> rows = new ArrayList<>(file.isEmpty() ? ofCluster() : PolicyRow.of("", Json.parse(read())));
        rows.sort(PolicyRow.ORDER);
        ArrayNode json = Json.MAPPER.createArrayNode();
        rows.forEach(row -> json.add(row.json()));
        Output.print(console, output, table(rows), json);
        if (rows.isEmpty()) {
            console.err().println("No policies: nothing is denied.");
        }
        return ExitCode.OK;
    }

    private byte[] read() throws IOException {
        return file.equals("-") ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
    }

    private List<PolicyRow> ofCluster() throws IOException {
        try (KubeClient client = globals.connect()) {
            return new PolicySources(client, globals.systemNamespace()).of(pod, globals.namespace(client));
        }
    }

    private static Table table(List<PolicyRow> rows) {
        boolean several = rows.stream().map(PolicyRow::proxy).distinct().count() > 1;
        List<String> heading = new ArrayList<>(List.of("ACTION", "AuthorizationPolicy", "RULES", "APPLIES TO"));
        if (several) {
            heading.add("PROXY");
        }
        Table table = new Table(3).row(heading);
        for (PolicyRow row : rows) {
            List<String> cells =
                    new ArrayList<>(List.of(row.action(), row.title(), Integer.toString(row.rules()), row.appliesTo()));
            if (several) {
                cells.add(row.proxy());
            }
            table.row(cells);
        }
        return table;
    }

    /** {@code <pod>.<namespace>}. */
    static String nameOf(JsonNode pod) {
        return Json.text(pod, "/metadata/name", "") + "." + Json.text(pod, "/metadata/namespace", "");
    }
}
