package io.periplus.dataplane.telemetry;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a TCP connection is between, as the standard labels tell it.
 *
 * @param reporter {@code source} or {@code destination}
 * @param sourceIdentity from mutual TLS only
 * @param destinationIdentity by its record, also in clear
 * @param destination the next hop, which may be a waypoint
 * @param service what the client asked for
 */
public record TcpLabels(
        String reporter,
        @Nullable Workload source,
        @Nullable SpiffeId sourceIdentity,
        @Nullable Workload destination,
        @Nullable SpiffeId destinationIdentity,
        @Nullable Service service,
        boolean mutualTls) {
    static final String UNKNOWN = "unknown";

    /** The names, in order; {@code response_flags} stands at {@link #FLAGS}. */
    static final String[] NAMES = {
        "reporter",
        "source_workload",
        "source_canonical_service",
        "source_canonical_revision",
        "source_workload_namespace",
        "source_principal",
        "source_app",
        "source_version",
        "source_cluster",
        "destination_service",
        "destination_service_namespace",
        "destination_service_name",
        "destination_workload",
        "destination_canonical_service",
        "destination_canonical_revision",
        "destination_workload_namespace",
        "destination_principal",
        "destination_app",
        "destination_version",
        "destination_cluster",
        "request_protocol",
        "response_flags",
        "connection_security_policy",
        "source_region",
        "source_zone",
        "destination_region",
        "destination_zone"
    };

    /** The names of the labels that describe a client. */
    public static final List<String> SOURCE = List.of(NAMES).subList(1, 9);

    private static final int FLAGS = 21;

    /** The values of {@link #SOURCE} for a client of this node, whose identity is known without proof. */
    public static List<String> sourceValues(Workload client) {
        String[] values = new String[NAMES.length];
        workload(values, 1, client, WorkloadIdentity.of(client));
        return List.of(Arrays.copyOfRange(values, 1, 9));
    }

    /** The label values with this response flag. */
    String[] values(String flags) {
        String[] values = new String[NAMES.length];
        values[0] = reporter;
        workload(values, 1, source, sourceIdentity);
        values[9] = service == null ? UNKNOWN : known(service.getHostname());
        values[10] = service == null ? UNKNOWN : known(service.getNamespace());
        values[11] = service == null ? UNKNOWN : known(service.getName());
        workload(values, 12, destination, destinationIdentity);
        values[20] = "tcp";
        values[FLAGS] = flags;
        values[22] = mutualTls ? "mutual_tls" : UNKNOWN;
        boolean somebodyKnown = source != null || destination != null;
        locality(values, 23, source, somebodyKnown);
        locality(values, 25, destination, somebodyKnown);
        return values;
    }

    /** Empty, so that the labels are left out, of a connection between two of whom nothing is known. */
    private static void locality(String[] values, int at, @Nullable Workload workload, boolean somebodyKnown) {
        String absent = somebodyKnown ? UNKNOWN : "";
        values[at] = workload == null ? absent : known(workload.getLocality().getRegion());
        values[at + 1] =
                workload == null ? absent : known(workload.getLocality().getZone());
    }

    private static void workload(String[] values, int at, @Nullable Workload workload, @Nullable SpiffeId identity) {
        Workload known = workload == null ? Workload.getDefaultInstance() : workload;
        values[at] = known(known.getWorkloadName());
        values[at + 1] = known(known.getCanonicalName());
        values[at + 2] = known(known.getCanonicalRevision());
        values[at + 3] = known(known.getNamespace());
        values[at + 4] = identity == null ? UNKNOWN : identity.toString();
        values[at + 5] = values[at + 1];
        values[at + 6] = values[at + 2];
        values[at + 7] = known(known.getClusterId());
    }

    private static String known(String value) {
        return value.isEmpty() ? UNKNOWN : value;
    }
}
