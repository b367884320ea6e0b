package io.periplus.waypoint.exchange;

import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.Explanation;
import io.periplus.dataplane.policy.Marks;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.upstream.Backend;
import org.jspecify.annotations.Nullable;

/** Judges a connection whose bytes pass as they are. */
public record ConnectionPolicies(ClientConnection client) {
    /** By the policies for what the client addressed, after those that have somebody else asked ({@link ConnectionGate}). */
    public Decision judge(MeshSnapshot by) {
        Destination addressed = client.destination();
        return by.policies().authorizeService(addressed.namespace(), addressed.hostname(), client.attributes());
    }

    /** How {@link #judge(MeshSnapshot)} comes to its decision. */
    public Explanation explain(MeshSnapshot by) {
        Destination addressed = client.destination();
        return by.policies().explainService(addressed.namespace(), addressed.hostname(), client.attributes());
    }

    /**
     * By the policies for an endpoint. Behind a gateway the endpoint's own side judges, which knows the gateway as the
     * client.
     */
    public Decision judge(Backend endpoint, MeshSnapshot by) {
        return client.atEdge()
                ? Decision.NO_POLICY
                : by.policies().authorizeWorkload(endpoint.newest(by.index()), client.attributesAt(endpoint));
    }

    /** How {@link #judge(Backend, MeshSnapshot)} comes to its decision; null where nothing is judged here. */
    public @Nullable Explanation explain(Backend endpoint, MeshSnapshot by) {
        return client.atEdge()
                ? null
                : by.policies().explainWorkload(endpoint.newest(by.index()), client.attributesAt(endpoint));
    }

    /** What policies for what the client addressed say that decide nothing; null if there are none. */
    public @Nullable Marks marks(MeshSnapshot by) {
        Destination addressed = client.destination();
        return by.policies().marksOfService(addressed.namespace(), addressed.hostname(), client.attributes());
    }

    /** What policies for an endpoint say that decide nothing; null if there are none. */
    public @Nullable Marks marks(Backend endpoint, MeshSnapshot by) {
        return client.atEdge() || !by.policies().leavesMarks()
                ? null
                : by.policies().marksOfWorkload(endpoint.newest(by.index()), client.attributesAt(endpoint));
    }
}
