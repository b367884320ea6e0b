package io.periplus.waypoint.telemetry;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.wire.workload.Workload;
import org.jspecify.annotations.Nullable;

/** From where metrics see traffic, which decides who is its source. */
public sealed interface Reporter {
    /** Between clients of the mesh and their destinations: the client is the source. */
    Reporter WAYPOINT = new Waypoint();

    /** A waypoint. */
    record Waypoint() implements Reporter {
        @Override
        public String label() {
            return "waypoint";
        }

        @Override
        public @Nullable Workload sourceOf(Parties parties) {
            return parties.source();
        }

        @Override
        public @Nullable SpiffeId principalOf(Parties parties) {
            return parties.peer();
        }

        @Override
        public String securityOf(@Nullable SpiffeId principal) {
            return principal == null ? "none" : "mutual_tls";
        }
    }

    /**
     * A Gateway at the edge, which is the source itself: nothing is known of the workloads outside. As every source it says
     * nothing of the connection's security, which the destination decides.
     */
    record Gateway(Workload own, SpiffeId identity) implements Reporter {
        /** This one. */
        public Gateway(Workload own) {
            this(own, WorkloadIdentity.of(own));
        }

        @Override
        public String label() {
            return "source";
        }

        @Override
        public Workload sourceOf(Parties parties) {
            return own;
        }

        @Override
        public SpiffeId principalOf(Parties parties) {
            return identity;
        }

        @Override
        public String securityOf(@Nullable SpiffeId principal) {
            return "unknown";
        }
    }

    /** The value of the label {@code reporter}. */
    String label();

    /** Null if it is not known. */
    @Nullable
    Workload sourceOf(Parties parties);

    /** Null if it has none. */
    @Nullable
    SpiffeId principalOf(Parties parties);

    /** The value of the label {@code connection_security_policy}. */
    String securityOf(@Nullable SpiffeId principal);
}
