package io.periplus.lab.lifecycle;

import io.periplus.lab.lifecycle.LabStatus.State;
import io.periplus.lab.node.image.ImageDefinition;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the lab commands do, in terms of the lab process and of what it leaves on this machine. */
public final class LabService {
    private final LabOptions options;
    private final LabDirectory directory;
    private final DaemonClient client;

    public LabService(LabOptions options) {
        this.options = options;
        this.directory = new LabDirectory(options.stateDirectory());
        this.client = new DaemonClient(directory);
    }

    /** @throws LabException when this user or this machine cannot run a lab */
    public void checkMachine() throws LabException {
        Prerequisites.checkRoot("periplus lab up");
        Prerequisites.checkPrograms(DaemonClient.programPath());
    }

    /** @return whether it was started now; false if it was up before */
    public boolean up(Consumer<String> progress) throws LabException {
        checkMachine();
        try {
            boolean running = client.isRunning();
            if (running) {
                LabStatus status = client.status();
                checkNodes();
                if (status != null && status.state() == State.READY) {
                    return false;
                }
                if (status == null || status.state() != State.STARTING) {
                    client.stop();
                    running = false;
                }
            }
            if (!running) {
                if (HostTraces.removeLeftovers(directory)) {
                    progress.accept("removed what a lab process that was killed had left");
                }
                start();
            }
            awaitReady(progress);
            return true;
        } catch (IOException e) {
            throw failed("the lab cannot start", e);
        }
    }

    /** @return whether there was anything to stop or to remove */
    public boolean down() throws LabException {
        Prerequisites.checkRoot("periplus lab down");
        try {
            boolean running = client.isRunning();
            if (running) {
                client.stop();
            }
            return HostTraces.removeLeftovers(directory) || running;
        } catch (IOException e) {
            throw failed("the lab cannot be stopped", e);
        }
    }

    public void delete() throws LabException {
        down();
        try {
            StateFiles.delete(directory);
        } catch (IOException e) {
            throw failed("the lab's state cannot be deleted", e);
        }
    }

    /** Null if the lab is not up. */
    public @Nullable LabStatus status() throws LabException {
        try {
            return client.isRunning() ? client.status() : null;
        } catch (IOException e) {
            throw failed("the lab cannot be asked", e);
        }
    }

    /** @return the node as it is afterwards */
    public LabStatus.Node act(String node, NodeAction action) throws LabException {
        try {
            if (!client.isRunning()) {
                throw new LabException(ExitCode.NOT_RUNNING, "the lab is not up; start it with: periplus lab up");
            }
            return NodeRequest.read(client.ask(NodeRequest.of(node, action)));
        } catch (IOException e) {
            throw failed("node " + node, e);
        }
    }

    /** Whether the lab process was killed and what it had on this machine may still be there. */
    public boolean wasKilled() throws LabException {
        try {
            return HostTraces.left(directory) && !client.isRunning();
        } catch (IOException e) {
            throw failed("the lab cannot be asked", e);
        }
    }

    public Map<String, String> environment() {
        var variables = new LinkedHashMap<String, String>();
        variables.put("KUBECONFIG", directory.kubeconfig().toString());
        for (String name : ClusterSettings.NAMES) {
            variables.put("CTX_" + name.toUpperCase(Locale.ROOT), name);
        }
        if (options.binDirectory() != null) {
            String path = System.getenv("PATH");
            String bin = options.binDirectory().toString();
            boolean present = path != null && List.of(path.split(":")).contains(bin);
            variables.put("PATH", present ? path : path == null ? bin : bin + ":" + path);
        }
        return variables;
    }

    public void addImage(ImageDefinition image) throws LabException {
        Path file = directory.images().resolve(image.names().getFirst().replaceAll("[^A-Za-z0-9._-]", "_") + ".json");
        try {
            StateFiles.claim(directory);
            Json.writeAtomically(file, image);
        } catch (IOException e) {
            throw failed("the image cannot be added", e);
        }
    }

    public List<String> images() throws LabException {
        if (!Files.isDirectory(directory.images())) {
            return List.of();
        }
        try (var files = Files.newDirectoryStream(directory.images(), "*.json")) {
            var names = new TreeSet<String>();
            for (Path file : files) {
                names.addAll(Json.MAPPER
                        .readValue(file.toFile(), ImageDefinition.class)
                        .names());
            }
            return List.copyOf(names);
        } catch (IOException e) {
            throw failed("the images cannot be listed", e);
        }
    }

    /** How many nodes a lab has is settled while it starts. */
    private void checkNodes() throws LabException {
        LabSettings kept = LabSettings.read(directory.settings());
        if (kept == null || options.nodes().isEmpty()) {
            return;
        }
        List<Integer> present =
                kept.clusters().stream().map(ClusterSettings::nodes).toList();
        if (!present.equals(options.nodes())) {
            throw new LabException(
                    ExitCode.NOT_CONFIGURED,
                    "the lab is up with other numbers of nodes (" + present + ", wanted: " + options.nodes()
                            + "); stop it first: periplus lab down");
        }
    }

    private void start() throws IOException, LabException {
        StateFiles.claim(directory);
        LabSettings settings = LabSettings.of(options, directory);
        Prerequisites.checkPorts(settings.clusters());
        settings.write(directory.settings());
        client.start(options);
    }

    private void awaitReady(Consumer<String> progress) throws IOException, LabException {
        var seen = new LinkedHashMap<String, String>();
        var end = CompletableFuture.supplyAsync(
                () -> client.follow(status -> tell(status, seen, progress)),
                command -> Thread.ofVirtual().start(command));
        LabStatus last;
        try {
            last = end.get(options.startTimeout().toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            client.stop();
            throw new LabException(
                    ExitCode.FAILED,
                    "the lab was not ready within " + options.startTimeout().toSeconds() + " s (" + seen
                            + ") and was stopped; its log is " + directory.log(),
                    e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the lab started", e);
        }
        if (last == null || last.state() != State.READY) {
            String message = last == null || last.message().isEmpty() ? "the lab process ended" : last.message();
            if (client.isRunning()) {
                client.stop();
            }
            HostTraces.removeLeftovers(directory);
            throw new LabException(
                    ExitCode.FAILED, "the lab did not start: " + message + "\nIts log is " + directory.log());
        }
    }

    private static void tell(LabStatus status, Map<String, String> seen, Consumer<String> progress) {
        for (LabStatus.Cluster cluster : status.clusters()) {
            if (!cluster.message().equals(seen.put(cluster.name(), cluster.message()))) {
                progress.accept(cluster.name() + ": " + cluster.message());
            }
        }
    }

    private static LabException failed(String what, IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return new LabException(
                    ExitCode.NOT_PERMITTED,
                    what + ": no right to use " + denied.getFile() + "; run it as root, with sudo",
                    e);
        }
        // The message of a file system's exception may be nothing but a path.
        String why = e instanceof FileSystemException
                ? e.getClass().getSimpleName() + ": " + e.getMessage()
                : e.getMessage();
        return new LabException(ExitCode.FAILED, what + ": " + why, e);
    }
}
