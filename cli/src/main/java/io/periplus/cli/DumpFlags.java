package io.periplus.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.PortForward;
import io.periplus.cli.text.Input;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Output;
import io.periplus.cli.text.Table;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of commands that show what a proxy is configured with: a saved answer, where to ask, and how to print. */
public final class DumpFlags {
    private static final String SHORT = "short";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "<file>",
            defaultValue = "",
            description = "read a saved /config_dump instead (- for stdin)")
    private String file = "";

    @Option(
            names = "--proxy-admin-port",
            paramLabel = "<port>",
            defaultValue = "15000",
            description = "the proxy's admin port (default: 15000)")
    private int adminPort = 15000;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "short|json|yaml",
            defaultValue = "",
            description = "output format (default: short)")
    private String output = "";

    /** @throws CliException if the format is none of them */
    public void checkOutput() {
        if (!output.isEmpty()) {
            Output.check(output, SHORT);
        }
    }

    /** Whether a saved answer is read. */
    public boolean hasFile() {
        return !file.isEmpty();
    }

    /** Its name, for messages. */
    public String file() {
        return file;
    }

    /** The saved answer; null without {@code --file}. */
    public @Nullable JsonNode saved() throws IOException {
        return file.isEmpty() ? null : Json.parse(Input.read(file));
    }

    /** What a pod's admin port answers. */
    public byte[] ask(KubeClient client, String namespace, String pod, String method, String path) throws IOException {
        try (PortForward forward = client.forward(namespace, pod, adminPort)) {
            return forward.http(method, path);
        }
    }

    /** Whether nothing but people will read the output. */
    public boolean asTable() {
        return output.isEmpty() || output.equals(SHORT);
    }

    /** Prints the table, or the selected part of the dump in the chosen format. */
    public void print(Console console, Table table, JsonNode selected) {
        Output.print(console, output.isEmpty() ? SHORT : output, table, selected);
    }

    /** Prints what has no table. */
    public void print(Console console, JsonNode selected) {
        Output.print(console, output.equals("yaml") ? "yaml" : "json", "", selected);
    }
}
