package io.periplus.policytest;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The commands about policy that need the model and the engine: {@code periplus policy …}. */
public final class PolicyMain {
    private static final int FAILED = 1;
    private static final int USAGE = 64;
    private static final int UNREADABLE = 65;

    private PolicyMain() {}

    @Command(
            name = "policy",
            description = "Work with policies, without a cluster.",
            synopsisSubcommandLabel = "<command>",
            footer = {"", "Examples:", "  ${COMMAND-FULL-NAME} test -f policies.yaml -f cases.yaml"})
    private static final class Group implements Runnable {
        @picocli.CommandLine.Spec
        private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

        @picocli.CommandLine.Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "show this help")
        private boolean help;

        @Override
        public void run() {
            CommandLine line = java.util.Objects.requireNonNull(spec).commandLine();
            line.usage(line.getOut());
        }
    }

    /** Runs a command line and ends the process with its exit code; a first argument {@code policy} is the group's own name. */
    public static void main(String[] args) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        boolean named = args.length > 0 && args[0].equals("policy");
        System.exit(run(out, err, named ? Arrays.copyOfRange(args, 1, args.length) : args));
    }

    static int run(PrintStream out, PrintStream err, String... args) {
        CommandLine commands = new CommandLine(new Group());
        commands.setCommandName("periplus policy");
        commands.addSubcommand(new PolicyTestCommand(out, err));
        commands.setOut(new java.io.PrintWriter(out, true));
        commands.setErr(new java.io.PrintWriter(err, true));
        commands.setUsageHelpAutoWidth(true);
        commands.setParameterExceptionHandler((ParameterException e, String[] _) -> {
            err.println("Error: " + e.getMessage());
            return USAGE;
        });
        commands.setExecutionExceptionHandler((e, _, _) -> {
            err.println("Error: " + e.getMessage());
            return e instanceof UnreadableException ? UNREADABLE : FAILED;
        });
        return commands.execute(args);
    }
}
