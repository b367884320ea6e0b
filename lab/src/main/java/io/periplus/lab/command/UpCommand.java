package io.periplus.lab.command;

import io.periplus.lab.Lab;
import io.periplus.lab.lifecycle.LabException;
import io.periplus.lab.lifecycle.LabOptions;
import io.periplus.lab.lifecycle.LabStatus;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "up",
        description = "Starts the lab in the background and waits until both clusters are ready.",
        mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable LabCommand parent;

    @Option(
            names = "--api-ports",
            paramLabel = "<port>,<port>",
            description = "Ports of the API servers on 127.0.0.1 (default: $" + LabOptions.PORTS_VARIABLE
                    + ", those used before, or 16443,16444; 0,0 for free ones).")
    private String ports = "";

    @Option(
            names = "--nodes",
            paramLabel = "<n>[,<n>]",
            description = "Nodes of each cluster, or of the first and the second, 1 to 5 (default: $"
                    + LabOptions.NODES_VARIABLE
                    + ", as many as before, or 1). Nodes that a cluster has no more are removed with their pods.")
    private String nodes = "";

    @Option(names = "--timeout", paramLabel = "<seconds>", description = "How long to wait (default: 120).")
    private int timeoutSeconds = (int) LabOptions.DEFAULT_TIMEOUT.toSeconds();

    @Override
    public Integer call() throws LabException {
        LabCommand lab = Objects.requireNonNull(parent);
        LabOptions options = lab.options().withStartTimeout(Duration.ofSeconds(timeoutSeconds));
        if (!ports.isEmpty()) {
            options = options.withApiPorts(LabOptions.parsePorts("--api-ports", ports));
        }
        if (!nodes.isEmpty()) {
            options = options.withNodes(LabOptions.parseNodes("--nodes", nodes));
        }
        return up(lab, new Lab(options));
    }

    private static int up(LabCommand command, Lab lab) throws LabException {
        long started = System.nanoTime();
        Consumer<String> progress = line -> {
            command.out().printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - started) / 1e9, line);
            command.out().flush();
        };
        lab.checkMachine();
        command.installation().beforeUp(lab, progress);
        Lab.Started when = lab.up(progress);
        command.installation().afterUp(lab, progress);
        double seconds = (System.nanoTime() - started) / 1e9;
        LabStatus status = lab.status();
        if (status != null) {
            for (LabStatus.Cluster cluster : status.clusters()) {
                command.out().printf("%s  %s%n", cluster.name(), cluster.apiServer());
            }
        }
        if (when == Lab.Started.BEFORE) {
            command.out().println("The lab is already up.");
        } else {
            command.out().printf(Locale.ROOT, "The lab is up after %.1f s.%n", seconds);
        }
        command.out().println("To work with it:  eval \"$(periplus lab env)\"");
        command.out().flush();
        return 0;
    }
}
