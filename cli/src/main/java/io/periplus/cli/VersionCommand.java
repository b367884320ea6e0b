package io.periplus.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Yaml;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code version}: of this program, of the control plane, of the proxies. */
@Command(
        name = "version",
        description = "Show the versions of this program, of the control plane and of the data plane.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME}",
            "  ${COMMAND-FULL-NAME} --remote=false",
            "  ${COMMAND-FULL-NAME} -o json"
        })
final class VersionCommand implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Option(
            names = "--remote",
            arity = "0..1",
            defaultValue = "true",
            fallbackValue = "true",
            description = "also ask the cluster (default: true)")
    private boolean remote = true;

    @Option(
            names = {"-s", "--short"},
            arity = "0..1",
            defaultValue = "true",
            fallbackValue = "true",
            description = "one line per component (default: true)")
    private boolean brief = true;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "yaml|json",
            defaultValue = "",
            description = "output format")
    private String output = "";

    @Option(
            names = {"-r", "--revision"},
            defaultValue = "",
            description = "control plane revision")
    private String revision = "";

    VersionCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws Exception {
        if (!output.isEmpty() && !output.equals("json") && !output.equals("yaml")) {
            throw new CliException("--output must be 'yaml' or 'json'");
        }
        ObjectNode versions = Json.MAPPER.createObjectNode();
        versions.set("clientVersion", Json.tree(Map.of("version", Version.current())));
        if (remote) {
            try (KubeClient client = globals.connect()) {
                MeshVersions mesh = MeshVersions.read(client, globals.systemNamespace(), revision);
                if (mesh.controlPlane().isEmpty()) {
                    console.err()
                            .println("Istio is not present in the cluster with namespace \"" + globals.systemNamespace()
                                    + "\"");
                } else {
                    versions.set("meshVersion", mesh.meshVersion());
                    versions.set("dataPlaneVersion", mesh.dataPlaneVersion());
                }
            }
        }
        switch (output) {
            case "json" -> console.out().println(Json.pretty(versions));
            case "yaml" -> console.out().print(Yaml.dump(versions));
            default -> print(versions);
        }
        return ExitCode.OK;
    }

    private void print(JsonNode versions) {
        console.out().println("client version: " + Version.current());
        if (!versions.has("meshVersion")) {
            return;
        }
        Map<String, Integer> controlPlanes = count(versions.path("meshVersion"), "/Info/version");
        if (controlPlanes.size() == 1) {
            console.out()
                    .println("control plane version: "
                            + controlPlanes.keySet().iterator().next());
        } else {
            versions.path("meshVersion")
                    .forEach(component -> console.out()
                            .println(Json.text(component, "/Component", "") + " version: "
                                    + Json.text(component, "/Info/version", "")));
        }
        Map<String, Integer> proxies = count(versions.path("dataPlaneVersion"), "/IstioVersion");
        StringBuilder line = new StringBuilder("data plane version: ");
        proxies.forEach((version, number) -> line.append(line.length() > 20 ? ", " : "")
                .append(version)
                .append(" (")
                .append(number)
                .append(" proxies)"));
        console.out().println(proxies.isEmpty() ? line + "none" : line);
    }

    private static Map<String, Integer> count(JsonNode list, String pointer) {
        Map<String, Integer> counts = new TreeMap<>();
        if (list instanceof ArrayNode) {
            list.forEach(item -> counts.merge(Json.text(item, pointer, "unknown"), 1, Integer::sum));
        }
        return counts;
    }
}
