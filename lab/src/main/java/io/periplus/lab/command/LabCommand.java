package io.periplus.lab.command;

import io.periplus.lab.Installation;
import io.periplus.lab.Lab;
import io.periplus.lab.lifecycle.ExitCode;
import io.periplus.lab.lifecycle.LabException;
import io.periplus.lab.lifecycle.LabOptions;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code periplus lab}: options that all commands have, and what they share. */
@Command(
        name = "periplus lab",
        description = "Two Kubernetes clusters on this Linux machine.",
        mixinStandardHelpOptions = true,
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            DeleteCommand.class,
            StatusCommand.class,
            EnvCommand.class,
            LogsCommand.class,
            NodeCommand.class,
            ImageCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:it was tried and did not work",
            "2:wrong usage",
            "3:the lab is not running",
            "4:not root",
            "5:a program is missing on this machine",
            "6:a port is taken, or a setting makes no sense"
        })
public final class LabCommand implements Runnable {
    private final Map<String, String> environment;
    private final Installation installation;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--dir",
            scope = ScopeType.INHERIT,
            paramLabel = "<directory>",
            description = "State directory (default: $" + LabOptions.DIRECTORY_VARIABLE + " or /var/lib/periplus-lab).")
    private @Nullable Path directory;

    private LabCommand(Map<String, String> environment, Installation installation) {
        this.environment = environment;
        this.installation = installation;
    }

    /** Runs one command and returns its exit code. */
    public static int run(String[] args, Map<String, String> environment, Installation installation) {
        return run(args, environment, installation, System.out, System.err);
    }

    static int run(
            String[] args,
            Map<String, String> environment,
            Installation installation,
            PrintStream out,
            PrintStream err) {
        var commandLine = new CommandLine(new LabCommand(environment, installation))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        commandLine.setExecutionExceptionHandler((failure, line, result) -> {
            line.getErr().println("error: " + failure.getMessage());
            return failure instanceof LabException lab ? lab.exitCode().code() : ExitCode.FAILED.code();
        });
        return commandLine.execute(args);
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "which command? (up, down, delete, status, env, logs, node or image)");
        }
    }

    LabOptions options() throws LabException {
        LabOptions options = LabOptions.fromEnvironment(environment);
        return directory == null ? options : options.withStateDirectory(directory);
    }

    Lab lab() throws LabException {
        return new Lab(options());
    }

    Installation installation() {
        return installation;
    }

    PrintWriter out() {
        return spec == null
                ? new PrintWriter(System.out, true)
                : spec.commandLine().getOut();
    }
}
