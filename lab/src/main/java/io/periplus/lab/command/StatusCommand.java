package io.periplus.lab.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.periplus.lab.lifecycle.ExitCode;
import io.periplus.lab.lifecycle.LabException;
import io.periplus.lab.lifecycle.LabStatus;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "status",
        description = "Shows the clusters, their nodes, pods and memory. Exit code 3 if the lab is not up.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    private enum Output {
        table,
        json,
        yaml
    }

    @ParentCommand
    private @Nullable LabCommand parent;

    @Option(
            names = {"-o", "--output"},
            description = "One of: ${COMPLETION-CANDIDATES} (default: table).")
    private Output output = Output.table;

    @Override
    public Integer call() throws LabException, JsonProcessingException {
        LabCommand lab = Objects.requireNonNull(parent);
        LabStatus status = lab.lab().status();
        if (status == null) {
            String message = lab.lab().wasKilled()
                    ? "the lab process was killed and its pods may still run; 'periplus lab up' starts it again, 'periplus lab down' cleans up"
                    : "the lab is not up; start it with: periplus lab up";
            throw new LabException(ExitCode.NOT_RUNNING, message);
        }
        PrintWriter out = lab.out();
        switch (output) {
            case table -> table(status, out);
            case json ->
                out.println(JsonMapper.builder()
                        .build()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(status));
            case yaml ->
                out.print(YAMLMapper.builder()
                        .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                        .build()
                        .writeValueAsString(status));
        }
        out.flush();
        return 0;
    }

    private static void table(LabStatus status, PrintWriter out) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("CLUSTER", "STATUS", "API SERVER", "LOAD BALANCERS", "NODE", "ADDRESS", "PODS"));
        for (LabStatus.Cluster cluster : status.clusters()) {
            List<LabStatus.Node> nodes = cluster.nodes();
            rows.add(List.of(
                    cluster.name(),
                    word(cluster.state()),
                    cluster.apiServer(),
                    cluster.loadBalancers().isEmpty() ? "-" : cluster.loadBalancers(),
                    nodes.isEmpty() ? "-" : describe(nodes.getFirst()),
                    nodes.isEmpty() ? "-" : nodes.getFirst().address(),
                    cluster.podsReady() + "/" + cluster.pods() + " ready"));
            nodes.stream()
                    .skip(1)
                    .forEach(node -> rows.add(List.of("", "", "", "", describe(node), node.address(), "")));
        }
        print(rows, out);
        out.println();
        LabStatus.Memory memory = status.memory();
        out.printf(
                Locale.ROOT,
                "Memory: %d MiB (lab %d, pods %d)   Process: %d since %s%n",
                mebibytes(memory.lab() + memory.pods()),
                mebibytes(memory.lab()),
                mebibytes(memory.pods()),
                status.pid(),
                status.startedAt());
        if (!status.message().isEmpty()) {
            out.println(status.message());
        }
    }

    private static String describe(LabStatus.Node node) {
        String power = switch (node.power()) {
            case ON -> "";
            case OFF -> "off";
            case ISOLATED -> "cut off";
        };
        String state = Stream.of(node.ready() ? "" : "not ready", power)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(", "));
        return node.name() + (state.isEmpty() ? "" : " (" + state + ")");
    }

    private static void print(List<List<String>> rows, PrintWriter out) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        rows.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        rows.forEach(row -> {
            var line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 3);
            }
            out.println(line.toString().stripTrailing());
        });
    }

    private static String word(LabStatus.State state) {
        String name = state.name();
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }

    private static long mebibytes(long bytes) {
        return bytes >> 20;
    }
}
