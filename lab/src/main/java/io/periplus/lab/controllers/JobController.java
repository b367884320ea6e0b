package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.JOB;
import static io.periplus.lab.store.ResourceType.POD;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs pods until enough of them have succeeded, or too many have failed. */
final class JobController implements Controller<Key> {
    private static final int DEFAULT_BACK_OFF_LIMIT = 6;
    /** Pause before the first pod that replaces a failed one, doubled with every further failure. */
    private static final Duration RETRY_FIRST = Duration.ofSeconds(10);

    private static final Duration RETRY_LAST = Duration.ofMinutes(6);

    private final ObjectStore store;
    private final EventRecorder events;

    JobController(ObjectStore store, EventRecorder events) {
        this.store = store;
        this.events = events;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(JOB, job -> List.of(Key.of(job)));
        watches.on(POD, pod -> Ownership.keysFor(store, JOB, pod));
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode job = store.get(JOB, key.namespace(), key.name());
        if (job == null || Meta.deleting(job)) {
            return null;
        }
        if (Conditions.isTrue(job, "Complete") || Conditions.isTrue(job, "Failed")) {
            return forgetFinished(job);
        }
        List<ObjectNode> pods = store.list(POD, key.namespace()).stream()
                .filter(pod -> Meta.controlledBy(pod, job))
                .toList();
        return work(job, pods);
    }

    private @Nullable Duration work(ObjectNode job, List<ObjectNode> pods) {
        JsonNode spec = job.path("spec");
        List<ObjectNode> active = pods.stream().filter(Pods::active).toList();
        int succeeded = count(pods, "Succeeded");
        int failed = count(pods, "Failed");
        int parallelism = spec.path("parallelism").asInt(1);
        int completions = spec.path("completions").asInt(parallelism == 0 ? 1 : 0);
        boolean anySuccess = !spec.hasNonNull("completions");
        boolean complete = anySuccess ? succeeded > 0 && active.isEmpty() : succeeded >= completions;
        Duration left = left(job);
        if (complete) {
            finish(job, active, succeeded, failed, "Complete", "", "");
        } else if (failed > spec.path("backoffLimit").asInt(DEFAULT_BACK_OFF_LIMIT)) {
            finish(
                    job,
                    active,
                    succeeded,
                    failed,
                    "Failed",
                    "BackoffLimitExceeded",
                    "Job has reached the specified backoff limit");
        } else if (left != null && left.isZero()) {
            finish(
                    job,
                    active,
                    succeeded,
                    failed,
                    "Failed",
                    "DeadlineExceeded",
                    "Job was active longer than specified deadline");
        } else {
            boolean suspended = spec.path("suspend").asBoolean();
            int wanted = suspended ? 0 : parallelism;
            if (anySuccess) {
                wanted = succeeded > 0 ? active.size() : wanted;
            } else {
                wanted = Math.min(wanted, completions - succeeded);
            }
            Duration pause = retryPause(pods);
            int running = scale(job, active, wanted, pause);
            report(job, running, succeeded, failed, ready(active));
            if (running < wanted) {
                return pause;
            }
            return left;
        }
        return Duration.ofMillis(10);
    }

    private int scale(ObjectNode job, List<ObjectNode> active, int wanted, @Nullable Duration pause) {
        for (ObjectNode surplus : active.subList(Math.min(wanted, active.size()), active.size())) {
            store.delete(POD, Meta.namespace(surplus), Meta.name(surplus), null, Meta.uid(surplus));
        }
        if (pause != null) {
            return Math.min(active.size(), wanted);
        }
        for (int i = active.size(); i < wanted; i++) {
            ObjectNode pod = Pods.fromTemplate(job.path("spec").path("template"), JOB, job);
            pod.withObject("/metadata").put("generateName", Meta.name(job) + "-");
            pod.withObject("/metadata")
                    .withObject("/labels")
                    .put("batch.kubernetes.io/controller-uid", Meta.uid(job))
                    .put("batch.kubernetes.io/job-name", Meta.name(job))
                    .put("controller-uid", Meta.uid(job))
                    .put("job-name", Meta.name(job));
            ObjectNode created = store.create(POD, pod);
            events.normal(JOB, job, "SuccessfulCreate", "Created pod: " + Meta.name(created));
        }
        return wanted;
    }

    private void report(ObjectNode job, int active, int succeeded, int failed, int ready) {
        store.updateStatus(JOB, Meta.namespace(job), Meta.name(job), copy -> {
            counts(copy, active, succeeded, failed);
            copy.withObject("/status").put("ready", ready);
            return copy;
        });
    }

    private void finish(
            ObjectNode job,
            List<ObjectNode> active,
            int succeeded,
            int failed,
            String type,
            String reason,
            String message) {
        for (ObjectNode pod : active) {
            store.delete(POD, Meta.namespace(pod), Meta.name(pod), null, Meta.uid(pod));
        }
        Instant now = events.now();
        boolean success = type.equals("Complete");
        String because = success ? "CompletionsReached" : reason;
        String explained = success ? "Reached expected number of succeeded pods" : message;
        store.updateStatus(JOB, Meta.namespace(job), Meta.name(job), copy -> {
            counts(copy, 0, succeeded, failed);
            copy.withObject("/status").put("ready", 0);
            addCondition(copy, success ? "SuccessCriteriaMet" : "FailureTarget", because, explained, now);
            addCondition(copy, type, because, explained, now);
            if (success) {
                copy.withObject("/status").put("completionTime", Meta.time(now));
            }
            return copy;
        });
        if (success) {
            events.normal(JOB, job, "Completed", "Job completed");
        } else {
            events.warning(JOB, job, reason, message);
        }
    }

    private static void addCondition(ObjectNode job, String type, String reason, String message, Instant now) {
        ObjectNode added = Conditions.set(job, type, true, reason, message, now);
        if (added != null) {
            added.put("lastProbeTime", Meta.time(now));
        }
    }

    private void counts(ObjectNode job, int active, int succeeded, int failed) {
        ObjectNode status = job.withObject("/status");
        if (!status.has("startTime")) {
            status.put("startTime", Meta.time(events.now()));
        }
        Meta.putCount(status, "active", active);
        Meta.putCount(status, "succeeded", succeeded);
        Meta.putCount(status, "failed", failed);
        status.putIfAbsent("uncountedTerminatedPods", Meta.object());
        status.put("terminating", 0);
    }

    /** Deletes a finished Job when its time to live has passed. */
    private @Nullable Duration forgetFinished(ObjectNode job) {
        JsonNode keep = job.path("spec").path("ttlSecondsAfterFinished");
        if (!keep.isNumber()) {
            return null;
        }
        JsonNode condition = Conditions.find(job, Conditions.isTrue(job, "Complete") ? "Complete" : "Failed");
        Instant finished =
                condition == null ? events.now() : Meta.instant(condition.path("lastTransitionTime"), events.now());
        Duration left = Duration.between(events.now(), finished.plusSeconds(keep.asLong()));
        if (left.isPositive()) {
            return left;
        }
        store.delete(JOB, Meta.namespace(job), Meta.name(job), null, Meta.uid(job));
        return null;
    }

    /** What is left until {@code activeDeadlineSeconds}; null without one. */
    private @Nullable Duration left(ObjectNode job) {
        JsonNode deadline = job.path("spec").path("activeDeadlineSeconds");
        if (!deadline.isNumber()) {
            return null;
        }
        Instant started = Meta.instant(job.path("status").path("startTime"), events.now());
        Duration left = Duration.between(events.now(), started.plusSeconds(deadline.asLong()));
        return left.isPositive() ? left : Duration.ZERO;
    }

    /** How long to wait before replacing what failed last; null if nothing has to be waited for. */
    private @Nullable Duration retryPause(List<ObjectNode> pods) {
        List<ObjectNode> failed =
                pods.stream().filter(p -> Pods.phase(p).equals("Failed")).toList();
        if (failed.isEmpty()) {
            return null;
        }
        Duration pause = RETRY_FIRST.multipliedBy(1L << Math.min(failed.size() - 1, 10));
        pause = pause.compareTo(RETRY_LAST) > 0 ? RETRY_LAST : pause;
        Instant last = failed.stream()
                .map(JobController::ended)
                .max(Instant::compareTo)
                .orElse(events.now());
        Duration left = Duration.between(events.now(), last.plus(pause));
        return left.isPositive() ? left : null;
    }

    private static Instant ended(ObjectNode pod) {
        return Meta.stream(pod.path("status").path("containerStatuses"))
                .map(c -> Meta.instant(c.path("state").path("terminated").path("finishedAt"), Meta.created(pod)))
                .max(Instant::compareTo)
                .orElse(Meta.created(pod));
    }

    private static int count(List<ObjectNode> pods, String phase) {
        return (int) pods.stream().filter(p -> Pods.phase(p).equals(phase)).count();
    }

    private static int ready(List<ObjectNode> pods) {
        return (int) pods.stream().filter(Pods::ready).count();
    }
}
