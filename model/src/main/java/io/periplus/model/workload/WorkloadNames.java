package io.periplus.model.workload;

import io.periplus.api.Annotations;
import io.periplus.model.input.PodInput;
import java.util.Map;

/** The names under which dashboards show a workload. */
final class WorkloadNames {
    private WorkloadNames() {}

    /** The name of what manages the pod: its Deployment, Job or CronJob; else the pod's own name. */
    static String workloadName(PodInput pod) {
        String label = pod.labels().get(Annotations.WORKLOAD_NAME);
        if (label != null && !label.isEmpty()) {
            return label;
        }
        PodInput.Owner owner = pod.owner();
        if (owner == null || !pod.generateName()) {
            return pod.key().name();
        }
        return switch (owner.kind()) {
            case "ReplicaSet" -> {
                String hash = "-" + pod.labels().getOrDefault("pod-template-hash", "");
                String rollout = "-" + pod.labels().getOrDefault("rollouts-pod-template-hash", "");
                yield hash.length() > 1 && owner.name().endsWith(hash)
                        ? owner.name().substring(0, owner.name().length() - hash.length())
                        : rollout.length() > 1 && owner.name().endsWith(rollout)
                                ? owner.name().substring(0, owner.name().length() - rollout.length())
                                : owner.name();
            }
            case "Job" -> withoutNumber(owner.name());
            default -> owner.name();
        };
    }

    /** The canonical service name. */
    static String canonicalName(PodInput pod) {
        return first(pod.labels(), workloadName(pod), Annotations.CANONICAL_NAME, "app.kubernetes.io/name", "app");
    }

    /** The canonical service revision. */
    static String canonicalRevision(PodInput pod) {
        return first(pod.labels(), "latest", Annotations.CANONICAL_REVISION, "app.kubernetes.io/version", "version");
    }

    private static String withoutNumber(String job) {
        int dash = job.lastIndexOf('-');
        boolean number = dash > 0
                && dash < job.length() - 1
                && job.substring(dash + 1).chars().allMatch(Character::isDigit);
        return number ? job.substring(0, dash) : job;
    }

    private static String first(Map<String, String> labels, String otherwise, String... keys) {
        for (String key : keys) {
            String value = labels.get(key);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return otherwise;
    }
}
