package io.periplus.lab.command;

import io.periplus.lab.lifecycle.ExitCode;
import io.periplus.lab.lifecycle.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "logs",
        description = "Prints the log of the lab process. (Logs of pods: kubectl logs.)",
        mixinStandardHelpOptions = true)
final class LogsCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable LabCommand parent;

    @Option(
            names = {"-f", "--follow"},
            description = "Goes on until interrupted.")
    private boolean follow;

    @Option(names = "--tail", paramLabel = "<lines>", description = "Only the last lines (default: all).")
    private int tail = -1;

    @Override
    public Integer call() throws LabException, IOException, InterruptedException {
        LabCommand lab = Objects.requireNonNull(parent);
        Path log = lab.lab().directory().log();
        if (!Files.exists(log)) {
            throw new LabException(ExitCode.NOT_RUNNING, "there is no log yet; start the lab with: periplus lab up");
        }
        if (follow) {
            String lines = tail < 0 ? "+1" : Integer.toString(tail);
            return new ProcessBuilder("tail", "-n", lines, "-F", log.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        }
        List<String> lines = Files.readAllLines(log);
        lines.subList(tail < 0 ? 0 : Math.max(0, lines.size() - tail), lines.size())
                .forEach(lab.out()::println);
        lab.out().flush();
        return 0;
    }
}
