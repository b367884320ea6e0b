package io.periplus.lab.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.periplus.lab.lifecycle.LabException;
import io.periplus.lab.lifecycle.LabStatus;
import io.periplus.lab.lifecycle.NodeAction;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "node",
        description = "Switches nodes off and on, and cuts them off from each other.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  periplus lab node stop cluster1/cluster1-node2         a power cut; not ready after 10 s",
            "  periplus lab node start cluster1/cluster1-node2        comes back and cleans up",
            "  periplus lab node partition cluster1-node2             no packet to or from other nodes",
            "  periplus lab node partition cluster1-node2 --heal"
        })
final class NodeCommand implements Runnable {
    private static final String NODE = "<cluster>/<node>, or the node's name alone.";

    private enum Output {
        text,
        json
    }

    @ParentCommand
    private @Nullable LabCommand parent;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            scope = CommandLine.ScopeType.INHERIT,
            description = "One of: ${COMPLETION-CANDIDATES} (default: text).")
    private Output output = Output.text;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                Objects.requireNonNull(spec).commandLine(), "which command? (stop, start or partition)");
    }

    @Command(
            name = "stop",
            description = {
                "Takes a node's power away: its processes and its network are gone at once, and nobody is told.",
                "The cluster finds out by itself, as lab.md describes."
            },
            mixinStandardHelpOptions = true)
    void stop(@Parameters(paramLabel = "<node>", description = NODE) String node)
            throws LabException, JsonProcessingException {
        act(node, NodeAction.STOP, "is off");
    }

    @Command(
            name = "start",
            description =
                    "Gives a node its power back; its pods start again, and what was moved away meanwhile is removed.",
            mixinStandardHelpOptions = true)
    void start(@Parameters(paramLabel = "<node>", description = NODE) String node)
            throws LabException, JsonProcessingException {
        act(node, NodeAction.START, "is on");
    }

    @Command(
            name = "partition",
            description = {
                "Drops all packets between a node and the other nodes of its cluster.",
                "The API server stays in reach, so that the node stays ready."
            },
            mixinStandardHelpOptions = true)
    void partition(
            @Parameters(paramLabel = "<node>", description = NODE) String node,
            @Option(names = "--heal", description = "Ends it.") boolean heal)
            throws LabException, JsonProcessingException {
        act(
                node,
                heal ? NodeAction.HEAL : NodeAction.PARTITION,
                heal ? "is connected again" : "is cut off from the other nodes");
    }

    private void act(String name, NodeAction action, String done) throws LabException, JsonProcessingException {
        LabCommand lab = Objects.requireNonNull(parent);
        LabStatus.Node node = lab.lab().act(name, action);
        switch (output) {
            case text -> lab.out().println("node " + node.name() + " " + done);
            case json ->
                lab.out()
                        .println(JsonMapper.builder()
                                .build()
                                .writerWithDefaultPrettyPrinter()
                                .writeValueAsString(node));
        }
    }
}
