package io.periplus.lab.node.pod;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.lab.node.container.ContainerProcess;
import io.periplus.lab.node.container.ContainerSpec;
import io.periplus.lab.node.container.LogReader;
import io.periplus.lab.node.image.ImageDefinition;
import io.periplus.lab.node.probe.Check;
import io.periplus.lab.node.probe.ProbeKind;
import io.periplus.lab.node.probe.Prober;
import io.periplus.lab.node.probe.Target;
import io.periplus.lab.node.volume.VolumeException;
import io.periplus.lab.store.Json;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Starts, probes and stops containers on behalf of their pod's worker, which is the only one to call it. */
final class ContainerStarter {
    /**
     * A first process without a handler never hears SIGTERM; what it does (sleeping, mostly) needs no whole grace
     * period, only the time in which everybody learns that it is going away.
     */
    private static final Duration DEAF = Duration.ofSeconds(2);

    /** The present run and the one before, which {@code kubectl logs --previous} shows. */
    private static final int RUNS_WITH_LOG = 2;

    private final NodeContext node;
    private final Sandbox sandbox;
    private final Consumer<PodMessage> tell;
    private final ContainerFactory factory;
    private final Map<String, Instant> killAt = new HashMap<>();
    private final Set<String> stopping = new HashSet<>();

    ContainerStarter(NodeContext node, Sandbox sandbox, Consumer<PodMessage> tell) {
        this.node = node;
        this.sandbox = sandbox;
        this.tell = tell;
        this.factory = new ContainerFactory(node);
    }

    /** Starts a container, or says in its state why it cannot be. */
    void start(PodFacts facts, ContainerRunner runner, Duration pullRetry, Duration retry) {
        String image = runner.spec.path("image").asText();
        String name = runner.name;
        int attempt = runner.restarts;
        try {
            ImageDefinition definition = node.images().find(image);
            if (definition == null) {
                String message = "image \"" + image + "\" is not known to this lab: register it with"
                        + " `periplus lab image add`, or use a built-in one";
                node.events().warning(facts, name, "Failed", "Failed to pull image \"" + image + "\": " + message);
                runner.notLaunched("ErrImagePull", message, pullRetry);
                return;
            }
            node.events().normal(facts, name, "Pulled", "Container image \"" + image + "\" already present on machine");
            ContainerSpec spec = factory.create(facts, runner.spec, definition, sandbox.volumes(), attempt);
            killAt.remove(name);
            stopping.remove(name);
            if (attempt >= RUNS_WITH_LOG) {
                LogReader.delete(node.logFile(facts, name, attempt - RUNS_WITH_LOG));
            }
            runner.launched(ContainerProcess.start(spec, new ContainerProcess.Listener() {
                @Override
                public void running(long pid) {
                    tell.accept(new PodMessage.Running(name, attempt));
                }

                @Override
                public void exited(ContainerProcess.Exit exit) {
                    tell.accept(new PodMessage.Exited(name, attempt, exit));
                }
            }));
            node.events().normal(facts, name, "Created", "Created container: " + name);
        } catch (VolumeException e) {
            node.events().warning(facts, name, "Failed", "Error: " + e.getMessage());
            runner.notLaunched("CreateContainerConfigError", String.valueOf(e.getMessage()), retry);
        } catch (IOException e) {
            node.events().warning(facts, name, "Failed", "Error: " + e.getMessage());
            runner.notLaunched("CreateContainerError", String.valueOf(e.getMessage()), retry);
        }
    }

    /** The program runs: postStart hook and probes. */
    void running(PodFacts facts, ContainerRunner runner) {
        JsonNode hook = Json.at(runner.spec, "lifecycle", "postStart");
        if (hook.isObject()) {
            hook(facts, runner, hook, false, 60);
        } else {
            probe(facts, runner);
        }
    }

    private void probe(PodFacts facts, ContainerRunner runner) {
        if (runner.hasProbe(ProbeKind.STARTUP)) {
            probe(facts, runner, ProbeKind.STARTUP);
        } else {
            started(facts, runner);
        }
    }

    private void started(PodFacts facts, ContainerRunner runner) {
        runner.started = true;
        if (runner.hasProbe(ProbeKind.READINESS)) {
            probe(facts, runner, ProbeKind.READINESS);
        } else {
            runner.ready = true;
        }
        if (runner.hasProbe(ProbeKind.LIVENESS)) {
            probe(facts, runner, ProbeKind.LIVENESS);
        }
    }

    private void probe(PodFacts facts, ContainerRunner runner, ProbeKind kind) {
        String name = runner.name;
        int attempt = runner.restarts;
        JsonNode probe = runner.spec.path(kind.field());
        runner.addProber(Prober.start(kind, probe, target(facts, runner), (of, decided, success, message) -> {
            if (!success) {
                node.events().warning(facts, name, "Unhealthy", of.title() + " probe failed: " + message);
            }
            if (decided) {
                tell.accept(new PodMessage.Probed(name, attempt, of, success, message));
            }
        }));
    }

    /** A probe came to a verdict. */
    void probed(PodFacts facts, ContainerRunner runner, PodMessage.Probed probed) {
        switch (probed.kind()) {
            case READINESS -> runner.ready = probed.success();
            case STARTUP -> {
                if (probed.success()) {
                    runner.stopProbers();
                    started(facts, runner);
                } else {
                    restart(facts, runner, "failed startup probe, will be restarted");
                }
            }
            case LIVENESS -> {
                if (!probed.success()) {
                    restart(facts, runner, "failed liveness probe, will be restarted");
                }
            }
        }
    }

    private void restart(PodFacts facts, ContainerRunner runner, String why) {
        if (stopping.contains(runner.name)) {
            return;
        }
        node.events().normal(facts, runner.name, "Killing", "Container " + runner.name + " " + why);
        runner.stopProbers();
        runner.ready = false;
        stop(
                facts,
                runner,
                Instant.now()
                        .plusSeconds(Json.at(facts.pod(), "spec", "terminationGracePeriodSeconds")
                                .asLong(30)));
    }

    /** Begins to stop a container, if that has not begun: preStop hook, SIGTERM; SIGKILL is due at {@link #killAt}. */
    void stop(PodFacts facts, ContainerRunner runner, Instant deadline) {
        if (!stopping.add(runner.name)) {
            return;
        }
        killAt.put(runner.name, deadline);
        JsonNode hook = Json.at(runner.spec, "lifecycle", "preStop");
        if (hook.isObject() && runner.state instanceof ContainerState.Running) {
            int seconds =
                    (int) Math.max(1, Duration.between(Instant.now(), deadline).toSeconds());
            hook(facts, runner, hook, true, seconds);
        } else {
            terminate(runner);
        }
    }

    private void terminate(ContainerRunner runner) {
        if (runner.process != null && !runner.process.terminate()) {
            Instant soon = Instant.now().plus(DEAF);
            killAt.merge(runner.name, soon, (set, deaf) -> deaf.isBefore(set) ? deaf : set);
        }
    }

    /** When to kill a container; {@link Instant#MAX} if it is not to be. */
    Instant killAt(ContainerRunner runner) {
        return killAt.getOrDefault(runner.name, Instant.MAX);
    }

    private void hook(PodFacts facts, ContainerRunner runner, JsonNode hook, boolean preStop, int seconds) {
        String name = runner.name;
        int attempt = runner.restarts;
        Target target = target(facts, runner);
        Thread.ofVirtual().name("hook").start(() -> {
            Check.Result result = hook.has("sleep")
                    ? target.exec()
                            .run(
                                    java.util.List.of(
                                            "sleep",
                                            hook.path("sleep").path("seconds").asText()),
                                    seconds)
                    : Check.run(target, hook, seconds);
            tell.accept(new PodMessage.HookDone(name, attempt, preStop, result.success() ? "" : result.message()));
        });
    }

    void hookDone(PodFacts facts, ContainerRunner runner, PodMessage.HookDone done) {
        if (!done.failure().isEmpty()) {
            node.events()
                    .warning(
                            facts,
                            runner.name,
                            done.preStop() ? "FailedPreStopHook" : "FailedPostStartHook",
                            done.failure());
        }
        if (done.preStop()) {
            terminate(runner);
        } else if (done.failure().isEmpty()) {
            probe(facts, runner);
        } else {
            restart(facts, runner, "failed its postStart hook, will be restarted");
        }
    }

    private Target target(PodFacts facts, ContainerRunner runner) {
        ContainerProcess process = java.util.Objects.requireNonNull(runner.process);
        return new Target(
                node.network(),
                facts.podIp(),
                runner.spec,
                (command, seconds) -> ExecCheck.run(process, command, seconds));
    }
}
