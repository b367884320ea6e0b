package io.periplus.waypoint.exchange;

import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.wire.workload.AppProtocol;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Refuses bytes where requests are checked and the client itself chose bytes: on a port that nobody declared, a request that
 * only its application takes for one would otherwise pass by every check. Whoever declares the port says that bytes are meant.
 *
 * @param checks that only requests can be put to
 * @param next what decides about other connections
 */
public record RequestsOnly(List<Check> checks, ConnectionGate next) implements ConnectionGate {
    /**
     * A check of requests.
     *
     * @param name as the access log has it
     * @param applies whether requests for a destination are put to it
     */
    public record Check(String name, Predicate<Destination> applies) {}

    @Override
    public Runnable enter(LoopServices services, ClientConnection connection, MeshSnapshot mesh, Passage passage) {
        LocalReply refusal = refusal(connection.destination());
        if (refusal == null) {
            return next.enter(services, connection, mesh, passage);
        }
        passage.refuse(refusal.flags(), refusal.details());
        return () -> {};
    }

    @Override
    public @Nullable LocalReply refusal(ClientConnection connection, MeshSnapshot mesh) {
        LocalReply refusal = refusal(connection.destination());
        return refusal == null ? next.refusal(connection, mesh) : refusal;
    }

    /** Why connections for a destination that carry no requests are refused; null if they are not. */
    public @Nullable LocalReply refusal(Destination destination) {
        if (destination.protocol() == AppProtocol.UNKNOWN) {
            for (Check check : checks) {
                if (check.applies.test(destination)) {
                    return new LocalReply(
                            403,
                            "only HTTP passes, as requests are put to " + check.name.replace('_', ' ')
                                    + ", unless the port is declared to be TCP",
                            "DPE",
                            "undeclared_port_checks_requests[" + check.name + "]");
                }
            }
        }
        return null;
    }
}
