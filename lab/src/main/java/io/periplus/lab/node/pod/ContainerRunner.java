package io.periplus.lab.node.pod;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.lab.node.container.ContainerProcess;
import io.periplus.lab.node.probe.ProbeKind;
import io.periplus.lab.node.probe.Prober;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One container of a pod through all its runs:
 *
 * <pre>
 *   waiting --start--> starting --running--> running --exited--> terminated (for good)
 *      ^                   |                    |
 *      +----- back-off ----+--------------------+                 (if the restart policy says so)
 * </pre>
 *
 * Owned by the pod's worker; not safe for other threads.
 */
final class ContainerRunner {
    final JsonNode spec;
    final String name;
    final boolean init;
    /** An init container with restart policy Always: runs along with the others (a sidecar). */
    final boolean sidecar;

    private final String restartPolicy;
    private final Backoff backoff = new Backoff();
    private final List<Prober> probers = new ArrayList<>();

    ContainerState state;
    ContainerState.@Nullable Terminated last;
    int restarts;
    boolean started;
    boolean ready;
    String id = "";
    /** When to start (again). */
    Instant due = Instant.MIN;

    @Nullable
    ContainerProcess process;
    /** Why the present run is to end, for its state; empty if it ends by itself. */
    String killing = "";

    private Instant launched = Instant.MIN;

    ContainerRunner(JsonNode spec, boolean init, String podRestartPolicy, int restarts) {
        this.spec = spec;
        this.name = spec.path("name").asText();
        this.init = init;
        this.sidecar = init && spec.path("restartPolicy").asText().equals("Always");
        this.restartPolicy =
                sidecar ? "Always" : init && podRestartPolicy.equals("Always") ? "OnFailure" : podRestartPolicy;
        this.restarts = restarts;
        this.state = new ContainerState.Waiting(init ? "PodInitializing" : "ContainerCreating", "");
    }

    /** Whether a process is there or on its way. */
    boolean isActive() {
        return process != null;
    }

    /** Whether it has ended and will not start again. */
    boolean isFinished() {
        return process == null && state instanceof ContainerState.Terminated;
    }

    /** For an init container: whether those after it may start. */
    boolean isPassed() {
        return sidecar
                ? started && state instanceof ContainerState.Running
                : state instanceof ContainerState.Terminated ended && process == null && ended.exitCode() == 0;
    }

    boolean isFailedForGood() {
        return process == null && state instanceof ContainerState.Terminated ended && ended.exitCode() != 0;
    }

    boolean wantsStart(Instant now) {
        return process == null && !isFinished() && !now.isBefore(due);
    }

    void launched(ContainerProcess process) {
        this.process = process;
        this.launched = Instant.now();
        this.killing = "";
        byte[] bytes = new byte[32];
        ThreadLocalRandom.current().nextBytes(bytes);
        this.id = "periplus://" + HexFormat.of().formatHex(bytes);
    }

    /** It could not be launched; {@code reason} as kubelets say: ErrImagePull, CreateContainerConfigError, … */
    void notLaunched(String reason, String message, Duration retry) {
        state = new ContainerState.Waiting(reason, message);
        due = Instant.now().plus(retry);
    }

    void running() {
        state = new ContainerState.Running(Instant.now());
    }

    void addProber(Prober prober) {
        probers.add(prober);
    }

    boolean hasProbe(ProbeKind kind) {
        return spec.has(kind.field());
    }

    void stopProbers() {
        probers.forEach(Prober::close);
        probers.clear();
    }

    /** Takes note of an end and decides what follows. */
    void exited(ContainerProcess.Exit exit, boolean podEnding) {
        stopProbers();
        Instant now = Instant.now();
        Instant since = state instanceof ContainerState.Running running ? running.since() : launched;
        ContainerState.Terminated ended = new ContainerState.Terminated(
                exit.started() ? exit.code() : 128,
                exit.started() ? exit.code() == 0 ? "Completed" : "Error" : "StartError",
                exit.message(),
                since,
                now,
                id);
        process = null;
        started = false;
        ready = false;
        boolean again = !podEnding
                && switch (restartPolicy) {
                    case "Never" -> false;
                    case "OnFailure" -> ended.exitCode() != 0;
                    default -> true;
                };
        if (!again) {
            state = ended;
            return;
        }
        last = ended;
        restarts++;
        Duration wait = backoff.after(since, now);
        due = now.plus(wait);
        state = wait.isZero()
                ? new ContainerState.Waiting("ContainerCreating", "")
                : new ContainerState.Waiting(
                        "CrashLoopBackOff", "back-off " + shortly(wait) + " restarting failed container=" + name);
    }

    private static String shortly(Duration wait) {
        return wait.toMinutes() > 0 ? wait.toMinutes() + "m" + wait.toSecondsPart() + "s" : wait.toSeconds() + "s";
    }
}
