package io.periplus.lab.command;

import io.periplus.lab.lifecycle.LabException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "delete",
        description = "Stops the lab and forgets all its objects, keys and images.",
        mixinStandardHelpOptions = true)
final class DeleteCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable LabCommand parent;

    @Override
    public Integer call() throws LabException {
        LabCommand lab = Objects.requireNonNull(parent);
        lab.lab().delete();
        lab.out().println("The lab is deleted.");
        return 0;
    }
}
