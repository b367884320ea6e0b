package io.periplus.lab.node.pod;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.node.container.ContainerProcess;
import io.periplus.lab.node.volume.VolumeException;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ResourceType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pod from its binding to the node until its object is gone. A virtual thread owns all of its state, takes messages
 * one by one, and after each does what the state calls for:
 *
 * <pre>
 *   preparing --sandbox and volumes are there--> running --every container ended for good--> over
 *       |                                           |                                          |
 *       +-------------- deletion timestamp ---------+------------------------------------------+
 *                                                   v
 *       ending --last process gone--> sandbox removed, object deleted
 * </pre>
 */
final class PodWorker implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(PodWorker.class);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration SANDBOX_RETRY_MIN = Duration.ofMillis(250);
    /** Whoever keeps pods from starting is about to come back, mostly; and a sandbox costs little. */
    private static final Duration SANDBOX_RETRY_MAX = Duration.ofSeconds(4);

    private static final Duration PULL_RETRY = Duration.ofSeconds(5);
    /** After what should not have happened. */
    private static final Duration RECOVER = Duration.ofSeconds(5);
    /** Volumes follow their objects at once; this renews tokens. */
    private static final Duration REFRESH = Duration.ofSeconds(60);
    /** Messages that can wait; every sender has few under way, so a full box means that the worker hangs. */
    private static final int MAILBOX = 1024;

    private final NodeContext node;
    private final BlockingQueue<PodMessage> mailbox = new LinkedBlockingQueue<>(MAILBOX);
    private final Runnable whenDone;
    private final Sandbox sandbox;
    private final ContainerStarter starter;
    private final Instant startTime = Instant.now();
    private final List<ContainerRunner> inits = new ArrayList<>();
    private final List<ContainerRunner> containers = new ArrayList<>();

    private volatile PodFacts facts;
    private @Nullable PodEnding ending;
    private @Nullable Notice notice;
    private boolean objectGone;
    private boolean stopped;
    private boolean done;
    private Instant wake = Instant.MAX;
    private Instant prepareAt = Instant.MIN;
    private Duration sandboxRetry = SANDBOX_RETRY_MIN;
    private Instant refreshAt = Instant.MIN;
    private @Nullable ObjectNode published;
    /** The present run of each container, for other threads: exec, logs. */
    private volatile List<ContainerView> view = List.of();

    PodWorker(NodeContext node, ObjectNode pod, Runnable whenDone) {
        this.node = node;
        this.whenDone = whenDone;
        boolean hostNetwork = Json.at(pod, "spec", "hostNetwork").asBoolean();
        String ip = hostNetwork ? node.config().address() : node.addresses().take();
        this.facts = new PodFacts(pod, ip, node.config().address());
        this.sandbox = new Sandbox(node, facts, hostNetwork);
        this.starter = new ContainerStarter(node, sandbox, this::tell);
        String policy = Json.at(pod, "spec", "restartPolicy").asText("Always");
        Json.at(pod, "spec", "initContainers")
                .forEach(spec -> inits.add(new ContainerRunner(spec, true, policy, earlierRuns(pod, spec))));
        Json.at(pod, "spec", "containers")
                .forEach(spec -> containers.add(new ContainerRunner(spec, false, policy, earlierRuns(pod, spec))));
    }

    /** A pod that already ran on this node before the lab was stopped has been restarted once more. */
    private static int earlierRuns(ObjectNode pod, JsonNode spec) {
        for (String field : List.of("containerStatuses", "initContainerStatuses")) {
            for (JsonNode status : Json.at(pod, "status", field)) {
                if (status.path("name").equals(spec.path("name")) && status.hasNonNull("containerID")) {
                    return status.path("restartCount").asInt() + 1;
                }
            }
        }
        return 0;
    }

    /** Takes a message from any thread. */
    void tell(PodMessage message) {
        if (!mailbox.offer(message)) {
            LOG.error("pod {}/{}: worker is stuck, {} is lost", facts.namespace(), facts.name(), message);
        }
    }

    List<ContainerView> view() {
        return view;
    }

    PodFacts facts() {
        return facts;
    }

    @Override
    public void run() {
        try {
            while (!done) {
                wake = Instant.MAX;
                try {
                    sync();
                    publish();
                } catch (RuntimeException | IOException e) {
                    LOG.error("pod {}/{}: will be tried again", facts.namespace(), facts.name(), e);
                    wakeAt(Instant.now().plus(RECOVER));
                }
                if (!done) {
                    receive();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            view = List.of();
            whenDone.run();
        }
    }

    /** Takes what is there, or waits for it until something is due. */
    private void receive() throws InterruptedException {
        long millis = wake.equals(Instant.MAX)
                ? Long.MAX_VALUE
                : Math.max(0, Duration.between(Instant.now(), wake).toMillis() + 1);
        for (PodMessage message = mailbox.poll(millis, TimeUnit.MILLISECONDS);
                message != null;
                message = mailbox.poll()) {
            handle(message);
        }
    }

    private void handle(PodMessage message) {
        switch (message) {
            case PodMessage.Changed(ObjectNode pod) -> {
                if (!Json.at(pod, "metadata", "labels").equals(Json.at(facts.pod(), "metadata", "labels"))
                        || !Json.at(pod, "metadata", "annotations")
                                .equals(Json.at(facts.pod(), "metadata", "annotations"))) {
                    refreshAt = Instant.MIN;
                }
                facts = facts.with(pod);
                if (isDoubted(pod)) {
                    published = null;
                }
                if (pod.path("metadata").hasNonNull("deletionTimestamp")) {
                    if (ending == null) {
                        notice = new Notice(node.routed(), facts.podIp(), Instant.now());
                    }
                    end(Json.at(pod, "metadata", "deletionGracePeriodSeconds").asLong(30));
                }
            }
            case PodMessage.Gone() -> {
                notice = null;
                objectGone = true;
                end(0);
            }
            case PodMessage.Stop() -> {
                notice = null;
                stopped = true;
                end(0);
            }
            case PodMessage.Refresh() -> {
                refreshAt = Instant.MIN;
                prepareAt = Instant.MIN;
            }
            case PodMessage.Running(String name, int attempt) -> withRun(name, attempt, this::running);
            case PodMessage.Exited(String name, int attempt, ContainerProcess.Exit exit) ->
                withRun(name, attempt, runner -> exited(runner, exit));
            case PodMessage.Probed probed ->
                withRun(probed.container(), probed.attempt(), runner -> starter.probed(facts, runner, probed));
            case PodMessage.HookDone hook ->
                withRun(hook.container(), hook.attempt(), runner -> starter.hookDone(facts, runner, hook));
        }
    }

    /** The node was believed to be gone, and the pod with it, which this worker knows better. */
    private static boolean isDoubted(ObjectNode pod) {
        for (JsonNode condition : Json.at(pod, "status", "conditions")) {
            if (Json.text(condition, "type").equals("Ready")) {
                return Json.text(condition, "reason").equals("NodeNotReady");
            }
        }
        return false;
    }

    private void withRun(String name, int attempt, java.util.function.Consumer<ContainerRunner> action) {
        all().filter(runner -> runner.name.equals(name) && runner.restarts == attempt && runner.isActive())
                .forEach(action);
    }

    private Stream<ContainerRunner> all() {
        return Stream.concat(inits.stream(), containers.stream());
    }

    private void running(ContainerRunner runner) {
        runner.running();
        node.events().normal(facts, runner.name, "Started", "Started container " + runner.name);
        starter.running(facts, runner);
    }

    private void exited(ContainerRunner runner, ContainerProcess.Exit exit) {
        runner.exited(exit, ending != null);
        if (!exit.started()) {
            node.events()
                    .warning(
                            facts,
                            runner.name,
                            "Failed",
                            "Error: failed to start container \"" + runner.name + "\": " + exit.message());
        } else if (runner.state instanceof ContainerState.Waiting(String reason, String message)
                && reason.equals("CrashLoopBackOff")) {
            node.events().warning(facts, runner.name, "BackOff", message);
        }
    }

    private void end(long graceSeconds) {
        if (ending == null) {
            ending = new PodEnding(facts, inits, containers, starter);
        }
        ending.within(Duration.ofSeconds(graceSeconds));
    }

    private void sync() throws IOException {
        if (ending != null && notice != null && !ending.isOver(Instant.now())) {
            Instant next = notice.next(Instant.now());
            if (next != null) {
                wakeAt(next);
                return;
            }
            notice = null;
        }
        if (ending != null) {
            if (ending.step(Instant.now())) {
                finish();
            } else {
                wakeAt(ending.next());
            }
            return;
        }
        if (over()) {
            sandbox.remove();
            return;
        }
        if (!prepare()) {
            return;
        }
        for (ContainerRunner init : inits) {
            step(init);
            if (!init.isPassed()) {
                return;
            }
        }
        containers.forEach(this::step);
    }

    private boolean over() {
        return inits.stream().anyMatch(ContainerRunner::isFailedForGood)
                || containers.stream().allMatch(ContainerRunner::isFinished);
    }

    /** Makes the sandbox and the volumes, and keeps the volumes up to date. */
    private boolean prepare() throws IOException {
        Instant now = Instant.now();
        if (sandbox.isReady() && now.isBefore(refreshAt)) {
            wakeAt(refreshAt);
            return true;
        }
        if (now.isBefore(prepareAt)) {
            wakeAt(prepareAt);
            return sandbox.isReady();
        }
        try {
            sandbox.prepare(facts);
            refreshAt = now.plus(REFRESH);
            wakeAt(refreshAt);
            return true;
        } catch (VolumeException e) {
            node.events().warning(facts, "", "FailedMount", "MountVolume.SetUp failed: " + e.getMessage());
            prepareAt = now.plus(RETRY.multipliedBy(4));
        } catch (IOException e) {
            node.events()
                    .warning(facts, "", "FailedCreatePodSandBox", "Failed to create pod sandbox: " + e.getMessage());
            prepareAt = Instant.now().plus(sandboxRetry);
            Duration longer = sandboxRetry.multipliedBy(2);
            sandboxRetry = longer.compareTo(SANDBOX_RETRY_MAX) < 0 ? longer : SANDBOX_RETRY_MAX;
        }
        wakeAt(prepareAt);
        return sandbox.isReady();
    }

    private void step(ContainerRunner runner) {
        Instant now = Instant.now();
        if (runner.wantsStart(now)) {
            starter.start(facts, runner, PULL_RETRY, RETRY);
        }
        if (!runner.isActive() && !runner.isFinished()) {
            wakeAt(runner.due);
        }
        if (runner.isActive() && starter.killAt(runner).isBefore(now) && runner.process != null) {
            runner.process.kill();
        } else if (runner.isActive()) {
            wakeAt(starter.killAt(runner));
        }
    }

    private void wakeAt(Instant time) {
        if (time.isBefore(wake)) {
            wake = time;
        }
    }

    private void finish() throws IOException {
        sandbox.remove();
        sandbox.delete();
        done = true;
        if (stopped) {
            return;
        }
        sandbox.deleteLogs();
        if (!objectGone) {
            publish();
            try {
                node.store().delete(ResourceType.POD, facts.namespace(), facts.name(), 0L, facts.uid());
            } catch (ApiException e) {
                LOG.debug("pod {}/{} was already removed: {}", facts.namespace(), facts.name(), e.getMessage());
            }
        }
    }

    private void publish() {
        view = all().map(runner -> new ContainerView(runner.name, runner.process, runner.restarts, runner.state))
                .toList();
        if (objectGone || stopped) {
            return;
        }
        ObjectNode status = PodStatus.render(
                published == null ? facts.pod().path("status") : published,
                facts,
                startTime,
                sandbox.isReady(),
                inits,
                containers);
        if (status.equals(published)) {
            return;
        }
        published = status;
        try {
            node.store().updateStatus(ResourceType.POD, facts.namespace(), facts.name(), pod -> {
                if (Meta.uid(pod).equals(facts.uid())) {
                    pod.set(
                            "status",
                            PodStatus.render(
                                    pod.path("status"), facts, startTime, sandbox.isReady(), inits, containers));
                }
                return pod;
            });
        } catch (ApiException e) {
            LOG.debug("status of pod {}/{} was not stored: {}", facts.namespace(), facts.name(), e.getMessage());
        }
    }
}
