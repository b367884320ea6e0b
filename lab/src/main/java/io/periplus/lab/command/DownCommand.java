package io.periplus.lab.command;

import io.periplus.lab.lifecycle.LabException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "down",
        description =
                "Stops all pods and removes everything from this machine but the lab's state: 'up' brings it back.",
        mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable LabCommand parent;

    @Override
    public Integer call() throws LabException {
        LabCommand lab = Objects.requireNonNull(parent);
        boolean stopped = lab.lab().down();
        lab.out().println(stopped ? "The lab is down. Its objects are kept." : "The lab was not up.");
        return 0;
    }
}
