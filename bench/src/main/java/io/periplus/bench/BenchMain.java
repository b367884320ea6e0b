package io.periplus.bench;

import io.periplus.bench.machine.BenchException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code periplus bench}. */
@Command(
        name = "bench",
        description = "Measures Periplus and its peers side by side on this machine.",
        mixinStandardHelpOptions = true,
        subcommands = {L4Command.class, L7Command.class, PolicyCommand.class, TrainCommand.class})
public final class BenchMain implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs a command line; returns the exit code. */
    static int run(String... args) {
        return new CommandLine(new BenchMain())
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    if (failure instanceof BenchException) {
                        line.getErr().println("Error: " + failure.getMessage());
                        return line.getCommandSpec().exitCodeOnExecutionException();
                    }
                    throw failure;
                })
                .execute(args);
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
