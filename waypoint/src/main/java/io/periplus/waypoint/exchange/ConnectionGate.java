package io.periplus.waypoint.exchange;

import io.periplus.dataplane.policy.CompiledPolicy;
import io.periplus.dataplane.policy.CustomMatch;
import io.periplus.dataplane.policy.RequestAttributes;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The step that connections which are passed through as bytes have to pass: what CUSTOM policies want to be asked. */
public interface ConnectionGate {
    /** There is nobody to ask: what would have to be is refused. */
    ConnectionGate CLOSED = new ConnectionGate() {
        @Override
        public Runnable enter(LoopServices services, ClientConnection connection, MeshSnapshot mesh, Passage passage) {
            LocalReply refusal = refusal(connection, mesh);
            if (refusal == null) {
                passage.pass();
            } else {
                passage.refuse(refusal.flags(), refusal.details());
            }
            return () -> {};
        }

        @Override
        public @Nullable LocalReply refusal(ClientConnection connection, MeshSnapshot mesh) {
            CustomMatch match = match(connection, mesh);
            return match == null || match.dryRun() ? null : LocalReply.of(match.unanswered());
        }
    };

    /**
     * Decides about a connection, and says so once, on its event loop: before this method returns or later.
     *
     * @param mesh with which it is decided
     * @return to be called when the connection ends before it was decided
     */
    Runnable enter(LoopServices services, ClientConnection connection, MeshSnapshot mesh, Passage passage);

    /**
     * Why a connection is refused before anybody is asked, as a request for the same would be; null if it is not. For what is
     * itself only asked about, which must not enter.
     */
    @Nullable
    LocalReply refusal(ClientConnection connection, MeshSnapshot mesh);

    /** The CUSTOM policy that applies to a connection; null if none does. */
    static @Nullable CustomMatch match(ClientConnection connection, MeshSnapshot mesh) {
        Destination addressed = connection.destination();
        return mesh.policies().custom(addressed.namespace(), addressed.hostname(), connection.attributes());
    }

    /** All CUSTOM policies on whose providers a connection depends. */
    static List<CompiledPolicy> policies(ClientConnection connection, MeshSnapshot mesh) {
        return policies(connection.destination(), mesh, connection.attributes());
    }

    /** All CUSTOM policies on whose providers whoever has these attributes depends. */
    static List<CompiledPolicy> policies(Destination addressed, MeshSnapshot mesh, RequestAttributes attributes) {
        CustomMatch match = mesh.policies().custom(addressed.namespace(), addressed.hostname(), attributes);
        if (match == null) {
            return List.of();
        }
        List<CompiledPolicy> all = new ArrayList<>();
        Set<String> providers = new HashSet<>();
        while (match != null) {
            all.add(match.policy());
            providers.add(match.provider());
            match = mesh.policies().custom(addressed.namespace(), addressed.hostname(), attributes, providers);
        }
        return all;
    }

    /** Where the gate says what becomes of the connection. */
    interface Passage {
        /** It goes on. */
        void pass();

        /**
         * It is closed.
         *
         * @param flags of the access log, empty if none
         * @param details of the access log
         */
        void refuse(String flags, String details);
    }
}
