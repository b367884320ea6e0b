package io.periplus.ztunnel;

import io.periplus.wire.workload.Workload;

/** The {@code baggage} header: who is at this end, for the other end's telemetry. Never used for authorisation. */
final class Baggage {
    /** The header's name. */
    static final String HEADER = "baggage";

    private Baggage() {}

    /** {@code key=value} pairs in a fixed order, empty ones left out. */
    static String of(Workload workload) {
        StringBuilder text = new StringBuilder(192);
        append(text, "k8s.cluster.name", workload.getClusterId());
        append(text, "k8s.namespace.name", workload.getNamespace());
        append(text, typeKey(workload), workload.getWorkloadName());
        append(text, "service.name", workload.getCanonicalName());
        append(text, "service.version", workload.getCanonicalRevision());
        append(text, "cloud.region", workload.getLocality().getRegion());
        append(text, "cloud.availability_zone", workload.getLocality().getZone());
        return text.toString();
    }

    private static String typeKey(Workload workload) {
        return switch (workload.getWorkloadType()) {
            case DEPLOYMENT, UNRECOGNIZED -> "k8s.deployment.name";
            case CRONJOB -> "k8s.cronjob.name";
            case POD -> "k8s.pod.name";
            case JOB -> "k8s.job.name";
        };
    }

    private static void append(StringBuilder text, String key, String value) {
        if (value.isEmpty()) {
            return;
        }
        if (!text.isEmpty()) {
            text.append(',');
        }
        text.append(key).append('=').append(value);
    }
}
