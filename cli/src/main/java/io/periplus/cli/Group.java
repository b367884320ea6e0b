package io.periplus.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that only groups others: by itself it prints its help and succeeds. */
public abstract class Group implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(hidden = true)
    private List<String> rest = new ArrayList<>();

    /** What an unknown subcommand means: by default, as upstream for most groups, the help. */
    protected Integer unknown(CommandSpec command, String name) {
        command.commandLine().usage(command.commandLine().getOut());
        return ExitCode.OK;
    }

    @Override
    public final Integer call() {
        CommandSpec command = java.util.Objects.requireNonNull(spec);
        if (!rest.isEmpty()) {
            return unknown(command, rest.getFirst());
        }
        command.commandLine().usage(command.commandLine().getOut());
        return ExitCode.OK;
    }
}
