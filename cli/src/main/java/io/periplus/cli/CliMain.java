package io.periplus.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** The program's command line, under the name {@code periplus} or {@code istioctl}. */
public final class CliMain {
    private CliMain() {}

    /** Runs a command line and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(run(System.getProperty("periplus.program", "periplus"), args));
    }

    /**
     * Runs a command line on the process's own streams.
     *
     * @param programName {@code periplus} or {@code istioctl}
     * @return the exit code
     */
    public static int run(String programName, String[] args) {
        return run(Console.standard(programName), List.of(args));
    }

    /** Runs a command line on the given streams and returns the exit code. */
    public static int run(Console console, List<String> line) {
        List<String> args = helpAsFlag(line);
        CommandLine commands = Commands.tree(console, args);
        PrintWriter out = new PrintWriter(console.out(), true);
        PrintWriter err = new PrintWriter(console.err(), true);
        commands.setOut(out);
        commands.setErr(err);
        commands.setParameterExceptionHandler((e, _) -> {
            console.err().println("Error: " + UsageErrors.text(e));
            return ExitCode.USAGE;
        });
        commands.setExecutionExceptionHandler((e, _, _) -> {
            console.err().println("Error: " + e.getMessage());
            if (!(e instanceof CliException) && !(e instanceof java.io.IOException)) {
                e.printStackTrace(console.err());
            }
            return e instanceof CliException failure ? failure.exitCode() : ExitCode.FAILED;
        });
        int code = commands.execute(args.toArray(new String[0]));
        out.flush();
        err.flush();
        return code;
    }

    /** {@code help waypoint apply} means {@code waypoint apply --help}. */
    private static List<String> helpAsFlag(List<String> line) {
        if (line.isEmpty() || !line.getFirst().equals("help")) {
            return line;
        }
        List<String> rest = new ArrayList<>(line.subList(1, line.size()));
        rest.add("--help");
        return rest;
    }
}
