package io.periplus.lab.store.admission;

import static io.periplus.lab.store.Json.defaultFlag;
import static io.periplus.lab.store.Json.defaultNumber;
import static io.periplus.lab.store.Json.defaultText;
import static io.periplus.lab.store.Json.ensureObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import java.util.List;

/** Defaults of Jobs and CronJobs. */
final class BatchDefaults {
    private BatchDefaults() {}

    static void job(ObjectNode job, ObjectNode spec) {
        common(spec);
        defaultText(spec, "completionMode", "NonIndexed");
        defaultText(spec, "podReplacementPolicy", "TerminatingOrFailed");
        defaultFlag(spec, "suspend", false);
        String uid = Meta.uid(job);
        if (uid.isEmpty() || spec.path("manualSelector").asBoolean()) {
            return;
        }
        ObjectNode labels = ensureObject(ensureObject(ensureObject(spec, "template"), "metadata"), "labels");
        for (String prefix : List.of("", "batch.kubernetes.io/")) {
            labels.put(prefix + "controller-uid", uid);
            labels.put(prefix + "job-name", Meta.name(job));
        }
        if (!spec.hasNonNull("selector")) {
            ensureObject(ensureObject(spec, "selector"), "matchLabels").put("batch.kubernetes.io/controller-uid", uid);
        }
    }

    private static void common(ObjectNode spec) {
        boolean workQueue = !spec.hasNonNull("completions") && spec.hasNonNull("parallelism");
        if (!workQueue) {
            defaultNumber(spec, "completions", 1);
        }
        defaultNumber(spec, "parallelism", 1);
        defaultNumber(spec, "backoffLimit", 6);
        PodDefaults.apply(ensureObject(ensureObject(spec, "template"), "spec"));
    }

    static void cronJob(ObjectNode spec) {
        defaultText(spec, "concurrencyPolicy", "Allow");
        defaultFlag(spec, "suspend", false);
        defaultNumber(spec, "successfulJobsHistoryLimit", 3);
        defaultNumber(spec, "failedJobsHistoryLimit", 1);
        PodDefaults.apply(ensureObject(
                ensureObject(ensureObject(ensureObject(spec, "jobTemplate"), "spec"), "template"), "spec"));
        Json.normalize(spec);
    }
}
