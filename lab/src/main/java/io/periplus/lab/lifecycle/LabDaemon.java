package io.periplus.lab.lifecycle;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.periplus.lab.lifecycle.LabStatus.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process in which all clusters of a lab live. {@code lab up} starts it and waits for the word {@value #LISTENING} on its
 * standard output, after which the control socket answers. It ends on the request {@code stop} or SIGTERM, after it has removed
 * everything it made on this machine except its state directory.
 */
public final class LabDaemon {
    static final String LISTENING = "listening";
    /** Another process has this lab. */
    static final int LOCKED = 17;

    private static final Logger log = LoggerFactory.getLogger(LabDaemon.class);
    /** A stop that takes longer has hung; whoever sent SIGTERM should not wait for ever. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

    private final LabDirectory directory;
    private final LabSettings settings;
    private final Progress progress;
    private final Instant startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Map<String, LabCluster> clusters = new ConcurrentHashMap<>();

    private LabDaemon(LabDirectory directory, LabSettings settings) {
        this.directory = directory;
        this.settings = settings;
        this.progress = new Progress(
                settings.clusters().stream().map(ClusterSettings::name).toList());
    }

    /** @param args the state directory, in which {@code lab up} has left the settings */
    public static void main(String[] args) {
        int status = 1;
        // Opens every jar of the class path: a lab goes on when a new build puts others in their place.
        ClassLoader.getSystemResource("io/periplus/lab/lifecycle/nothing-of-this-name");
        try {
            status = serve(new LabDirectory(Path.of(args[0])));
        } catch (InterruptedException e) {
            log.warn("interrupted");
        } catch (IOException | LabException | RuntimeException | Error e) {
            log.error("the lab process ends", e);
        }
        // All is closed by now; no thread that somebody forgot may keep the process.
        Runtime.getRuntime().halt(status);
    }

    private static int serve(LabDirectory directory) throws IOException, LabException, InterruptedException {
        DaemonLock lock = DaemonLock.acquire(directory.lock());
        if (lock == null) {
            return LOCKED;
        }
        LabSettings settings = LabSettings.read(directory.settings());
        if (settings == null) {
            throw new IOException(directory.settings() + " is missing; start the lab with: periplus lab up");
        }
        var daemon = new LabDaemon(directory, settings);
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> daemon.stopAndWait(main), "on-sigterm"));
        daemon.run();
        lock.close();
        return 0;
    }

    private void run() throws IOException, InterruptedException {
        HostTraces.record(directory, settings);
        ControlSocket socket = ControlSocket.listen(directory.socket(), this::answer);
        try (HostAddresses addresses = HostAddresses.claim(directory.root())) {
            log.info("lab process {} serves {}", ProcessHandle.current().pid(), directory.root());
            System.out.println(LISTENING);
            var starters = new ArrayList<Thread>();
            for (ClusterSettings cluster : settings.clusters()) {
                starters.add(Thread.ofVirtual().name("start-" + cluster.name()).start(() -> start(cluster, addresses)));
            }
            progress.awaitStop();
            for (Thread starter : starters) {
                starter.interrupt();
                starter.join();
            }
            stopClusters();
        } finally {
            socket.close();
        }
        HostTraces.remove(directory);
        log.info("lab stopped");
    }

    private void start(ClusterSettings settings, HostAddresses addresses) {
        String name = settings.name();
        try {
            LabCluster cluster = new LabCluster(
                    settings,
                    addresses.of(settings.number()),
                    directory,
                    message -> progress.set(name, State.STARTING, message));
            clusters.put(name, cluster);
            cluster.start();
            writeKubeconfig();
            progress.set(name, State.READY, "ready");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException | Error e) {
            log.error("{} cannot start", name, e);
            progress.set(name, State.FAILED, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /** Written when the last cluster has its keys. */
    private void writeKubeconfig() throws IOException {
        var documents = new ArrayList<String>();
        for (ClusterSettings cluster : settings.clusters()) {
            LabCluster present = clusters.get(cluster.name());
            String kubeconfig = present == null ? null : present.kubeconfig();
            if (kubeconfig == null) {
                return;
            }
            documents.add(kubeconfig);
        }
        Kubeconfig.write(directory.kubeconfig(), documents);
    }

    private void stopClusters() throws InterruptedException {
        var stoppers = new ArrayList<Thread>();
        clusters.forEach((name, cluster) ->
                stoppers.add(Thread.ofVirtual().name("stop-" + name).start(() -> {
                    try {
                        cluster.close();
                    } catch (IOException | RuntimeException e) {
                        log.error("{} did not stop cleanly", name, e);
                    }
                })));
        for (Thread stopper : stoppers) {
            stopper.join();
        }
    }

    private void stopAndWait(Thread main) {
        progress.stop();
        try {
            main.join(STOP_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(String request, Consumer<String> line) throws InterruptedException {
        switch (request) {
            case "status" -> line.accept(json(status(progress.snapshot(), true)));
            case "follow" -> {
                Progress.Snapshot snapshot = progress.snapshot();
                line.accept(json(status(snapshot, false)));
                while (snapshot.state() == State.STARTING) {
                    snapshot = progress.after(snapshot.version());
                    line.accept(json(status(snapshot, false)));
                }
            }
            case "stop" -> {
                progress.stop();
                line.accept("stopping");
            }
            default ->
                line.accept(
                        request.startsWith(NodeRequest.PREFIX)
                                ? NodeRequest.answer(request, clusters)
                                : "unknown request: " + request + " (expected: status, follow, stop or node …)");
        }
    }

    private LabStatus status(Progress.Snapshot snapshot, boolean measured) {
        var states = new ArrayList<LabStatus.Cluster>();
        String message = "";
        for (ClusterSettings each : settings.clusters()) {
            Progress.Step step = snapshot.steps().get(each.name());
            LabCluster cluster = clusters.get(each.name());
            if (step == null) {
                continue;
            }
            if (step.state() == State.FAILED) {
                message = each.name() + ": " + step.message();
            }
            states.add(ClusterReport.of(each, step, cluster));
        }
        long pid = ProcessHandle.current().pid();
        long pods = 0;
        if (measured) {
            for (LabCluster cluster : clusters.values()) {
                pods += cluster.podMemory();
            }
        }
        return new LabStatus(
                snapshot.state(),
                message,
                pid,
                startedAt.toString(),
                directory.kubeconfig().toString(),
                new LabStatus.Memory(measured ? ProcessMemory.ofProcess(pid) : 0, pods),
                List.copyOf(states));
    }

    private static String json(LabStatus status) {
        try {
            return Json.MAPPER.writeValueAsString(status);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
