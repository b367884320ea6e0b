package io.periplus.lab.command;

import io.periplus.lab.LocalImage;
import io.periplus.lab.lifecycle.LabException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(name = "image", description = "Images that are programs of this machine.", mixinStandardHelpOptions = true)
final class ImageCommand implements Runnable {
    @ParentCommand
    private @Nullable LabCommand parent;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                Objects.requireNonNull(spec).commandLine(), "which command? (add or list)");
    }

    @Command(name = "add", description = "Makes an image known, or replaces it.", mixinStandardHelpOptions = true)
    void add(
            @Parameters(paramLabel = "<name>", description = "Reference with tag; * as the tag stands for every tag.")
                    String name,
            @Option(names = "--entrypoint", required = true, arity = "1..*", description = "Program and arguments.")
                    List<String> entrypoint,
            @Option(names = "--cmd", arity = "1..*", description = "Arguments that a pod's 'args' replace.") @Nullable
                    List<String> cmd,
            @Option(names = "--env", description = "NAME=value, as often as needed.") @Nullable Map<String, String> env,
            @Option(names = "--user", defaultValue = "", description = "uid[:gid] (default: root).") String user,
            @Option(names = "--workdir", defaultValue = "", description = "Working directory (default: /).")
                    String workingDirectory,
            @Option(names = "--path", description = "File or directory that the programs need, as often as needed.")
                    @Nullable
                    List<Path> paths)
            throws LabException {
        LabCommand lab = Objects.requireNonNull(parent);
        lab.lab()
                .addImage(new LocalImage(
                        name,
                        entrypoint,
                        cmd == null ? List.of() : cmd,
                        env == null ? Map.of() : env,
                        user,
                        workingDirectory,
                        paths == null ? List.of() : paths));
        lab.out().println("image " + name + " added");
    }

    @Command(name = "list", description = "Lists the images that were added.", mixinStandardHelpOptions = true)
    void list() throws LabException {
        LabCommand lab = Objects.requireNonNull(parent);
        lab.lab().images().forEach(lab.out()::println);
    }
}
