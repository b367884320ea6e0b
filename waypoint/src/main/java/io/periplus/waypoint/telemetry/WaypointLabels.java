package io.periplus.waypoint.telemetry;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The standard labels of Istio's metrics as a waypoint or a Gateway reports them, in the order in which they are shown. */
final class WaypointLabels {
    private static final String UNKNOWN = "unknown";
    private static final List<String> PARTIES = List.of(
            "reporter",
            "source_workload",
            "source_canonical_service",
            "source_canonical_revision",
            "source_workload_namespace",
            "source_principal",
            "source_app",
            "source_version",
            "source_cluster",
            "destination_workload",
            "destination_workload_namespace",
            "destination_principal",
            "destination_app",
            "destination_version",
            "destination_service",
            "destination_canonical_service",
            "destination_canonical_revision",
            "destination_service_name",
            "destination_service_namespace",
            "destination_cluster",
            "request_protocol");

    private WaypointLabels() {}

    static String[] httpNames() {
        return names("response_code", "grpc_response_status", "response_flags", "connection_security_policy");
    }

    static String[] tcpNames() {
        return names("response_flags", "connection_security_policy");
    }

    private static String[] names(String... more) {
        List<String> all = new ArrayList<>(PARTIES);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    static String[] http(SeriesKey key, Reporter reporter) {
        List<String> values = parties(key, reporter);
        values.add(Integer.toString(key.status()));
        values.add(key.grpcStatus());
        return end(values, key, reporter);
    }

    static String[] tcp(SeriesKey key, Reporter reporter) {
        return end(parties(key, reporter), key, reporter);
    }

    private static String[] end(List<String> values, SeriesKey key, Reporter reporter) {
        String flags = key.flags();
        values.add(flags.isEmpty() ? "-" : flags);
        values.add(reporter.securityOf(key.peer()));
        return values.toArray(String[]::new);
    }

    private static List<String> parties(SeriesKey key, Reporter reporter) {
        Workload source = key.source();
        SpiffeId peer = key.peer();
        List<String> values = new ArrayList<>();
        values.add(reporter.label());
        values.add(name(source));
        values.add(canonicalName(source));
        values.add(canonicalRevision(source));
        values.add(peer == null ? UNKNOWN : peer.namespace());
        values.add(peer == null ? UNKNOWN : peer.toString());
        values.add(canonicalName(source));
        values.add(canonicalRevision(source));
        values.add(source == null ? UNKNOWN : known(source.getClusterId(), UNKNOWN));
        Workload destination = key.backend();
        values.add(name(destination));
        values.add(destination == null ? UNKNOWN : destination.getNamespace());
        values.add(
                destination == null ? UNKNOWN : WorkloadIdentity.of(destination).toString());
        values.add(canonicalName(destination));
        values.add(canonicalRevision(destination));
        Destination addressed = key.destination();
        String service = known(addressed.hostname(), UNKNOWN);
        values.add(service);
        values.add(canonicalName(destination));
        values.add(canonicalRevision(destination));
        values.add(addressed instanceof Destination.OfService of ? of.name() : UNKNOWN);
        values.add(known(addressed.namespace(), UNKNOWN));
        values.add(destination == null ? UNKNOWN : known(destination.getClusterId(), UNKNOWN));
        values.add(key.protocol());
        return values;
    }

    private static String name(@Nullable Workload workload) {
        return workload == null ? UNKNOWN : known(workload.getWorkloadName(), UNKNOWN);
    }

    private static String canonicalName(@Nullable Workload workload) {
        return workload == null ? UNKNOWN : known(workload.getCanonicalName(), UNKNOWN);
    }

    private static String canonicalRevision(@Nullable Workload workload) {
        return workload == null ? "latest" : known(workload.getCanonicalRevision(), "latest");
    }

    private static String known(String value, String otherwise) {
        return value.isEmpty() ? otherwise : value;
    }
}
