package io.periplus.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code aot-training}, hidden: uses what commands use, so that the JVM can store those classes linked and ready. */
@Command(name = "aot-training", hidden = true)
final class AotTraining implements Callable<Integer> {
    private final Console console;

    AotTraining(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        Console quiet = new Console(
                "istioctl",
                new PrintStream(OutputStream.nullOutputStream()),
                new PrintStream(OutputStream.nullOutputStream()));
        for (List<String> line : List.of(
                List.of("--help"),
                List.of("version", "--remote=false"),
                List.of("waypoint", "generate", "-n", "training", "--for", "all"),
                List.of("waypoint", "--help"),
                List.of("ztunnel-config", "workload", "--help"))) {
            CliMain.run(quiet, line);
        }
        try (TrainingServer server = TrainingServer.start()) {
            String config = server.kubeconfig().toString();
            for (List<String> line : List.of(
                    List.of("waypoint", "list", "-A", "--kubeconfig", config),
                    List.of("waypoint", "apply", "-n", "training", "--enroll-namespace", "--kubeconfig", config),
                    List.of("waypoint", "status", "-A", "--kubeconfig", config),
                    List.of("waypoint", "delete", "waypoint", "-n", "training", "--kubeconfig", config),
                    List.of("ztunnel-config", "workload", "--kubeconfig", config),
                    List.of("analyze", "-A", "--kubeconfig", config),
                    List.of("version", "--kubeconfig", config))) {
                CliMain.run(quiet, line);
            }
        }
        console.out().println("trained");
        return ExitCode.OK;
    }
}
