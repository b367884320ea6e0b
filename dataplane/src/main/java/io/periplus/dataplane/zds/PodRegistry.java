package io.periplus.dataplane.zds;

import io.periplus.linux.NetworkNamespace;
import io.periplus.wire.zds.WorkloadInfo;
import java.io.IOException;

/** What the node agent tells: called by one thread, one call at a time. */
public interface PodRegistry {
    /** A connection stands; a snapshot follows. What runs goes on running. */
    void connected();

    /**
     * Serves a pod, from now on in this namespace. Returns when every listener is bound, because the agent holds the
     * pod's start until then. A repeated call with the same namespace changes nothing.
     *
     * @param namespace owned by the receiver, in every outcome
     * @throws IOException when the pod cannot be served now; the message goes to the agent
     */
    void add(String uid, WorkloadInfo workload, NetworkNamespace namespace) throws IOException;

    /** The agent knows the pod but has lost its namespace: whatever serves it stays. */
    void keep(String uid);

    /** Stops serving a pod at once; unknown ones are no error. */
    void delete(String uid);

    /** The snapshot is complete: pods it did not mention are gone. */
    void snapshotSent();

    /** The connection is lost; another attempt follows. */
    void disconnected();
}
