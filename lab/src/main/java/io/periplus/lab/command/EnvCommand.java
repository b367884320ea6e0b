package io.periplus.lab.command;

import io.periplus.lab.lifecycle.LabException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "env",
        description = "Prints export lines for a shell:  eval \"$(periplus lab env)\"",
        mixinStandardHelpOptions = true)
final class EnvCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable LabCommand parent;

    @Override
    public Integer call() throws LabException {
        LabCommand lab = Objects.requireNonNull(parent);
        lab.lab().environment().forEach((name, value) -> lab.out().println("export " + name + "=" + quote(value)));
        return 0;
    }

    /** A word that a POSIX shell reads back as {@code value}. */
    static String quote(String value) {
        return value.matches("[A-Za-z0-9_./:@%+=,-]+") ? value : "'" + value.replace("'", "'\\''") + "'";
    }
}
