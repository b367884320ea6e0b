package io.periplus.ztunnel;

import io.periplus.wire.workload.Locality;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadType;
import java.util.List;

/** The {@code baggage} header: who is at this end, for the other end's telemetry. Never used for authorisation. */
final class Baggage {
    /** The header's name. */
    static final String HEADER = "baggage";

    /** The longest name that Kubernetes gives; a peer may write as much as a header list holds, and it is kept in labels. */
    private static final int VALUE_MAX = 253;

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

    /**
     * Reads what {@link #of} writes: pairs that are unknown, empty, too long or no pairs are passed over.
     *
     * @param lines of the header
     */
    static Workload parse(List<? extends CharSequence> lines) {
        Workload.Builder workload = Workload.newBuilder();
        Locality.Builder locality = Locality.newBuilder();
        for (CharSequence line : lines) {
            for (String member : line.toString().split(",", -1)) {
                String[] pair = member.split("=", 3);
                if (pair.length > 1 && pair[1].length() <= VALUE_MAX) {
                    put(workload, locality, pair[0], pair[1]);
                }
            }
        }
        return workload.setLocality(locality).build();
    }

    private static void put(Workload.Builder to, Locality.Builder locality, String key, String value) {
        switch (key) {
            case "k8s.cluster.name" -> to.setClusterId(value);
            case "k8s.namespace.name" -> to.setNamespace(value);
            case "k8s.deployment.name" -> to.setWorkloadName(value).setWorkloadType(WorkloadType.DEPLOYMENT);
            case "k8s.cronjob.name" -> to.setWorkloadName(value).setWorkloadType(WorkloadType.CRONJOB);
            case "k8s.pod.name" -> to.setWorkloadName(value).setWorkloadType(WorkloadType.POD);
            case "k8s.job.name" -> to.setWorkloadName(value).setWorkloadType(WorkloadType.JOB);
            case "service.name" -> to.setCanonicalName(value);
            case "service.version" -> to.setCanonicalRevision(value);
            case "cloud.region" -> locality.setRegion(value);
            case "cloud.availability_zone" -> locality.setZone(value);
            default -> {}
        }
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
