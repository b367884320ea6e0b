package io.periplus.dataplane.identity;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.index.IndexChange;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Keeps a certificate ready for each identity that pods of this node have, and drops it with the last of them. Listens
 * to the index, on the thread that applies it.
 */
public final class LocalIdentities implements Consumer<IndexChange> {
    private final CertificateManager certificates;
    private final String node;
    /** Uids of this node's enrolled workloads, by identity. */
    private final Map<SpiffeId, Set<String>> users = new HashMap<>();

    public LocalIdentities(CertificateManager certificates, String node) {
        this.certificates = certificates;
        this.node = node;
    }

    @Override
    public void accept(IndexChange change) {
        for (Workload workload : change.workloads()) {
            Workload old = change.before().workload(workload.getUid());
            if (old != null && isLocal(old) && !WorkloadIdentity.of(old).equals(WorkloadIdentity.of(workload))) {
                release(old);
            }
            if (isLocal(workload)) {
                SpiffeId identity = WorkloadIdentity.of(workload);
                users.computeIfAbsent(identity, key -> new HashSet<>()).add(workload.getUid());
                certificates.prefetch(identity);
            } else if (old != null && isLocal(old)) {
                release(old);
            }
        }
        change.removedWorkloads().forEach(this::release);
    }

    private void release(Workload workload) {
        SpiffeId identity = WorkloadIdentity.of(workload);
        Set<String> uids = users.get(identity);
        if (uids != null) {
            uids.remove(workload.getUid());
        }
        // A pod that was not enrolled when it went may have been before, in ztunnel's eyes, and have asked for a
        // certificate.
        if ((uids == null || uids.isEmpty()) && workload.getNode().equals(node)) {
            users.remove(identity);
            certificates.forget(identity);
        }
    }

    private boolean isLocal(Workload workload) {
        return workload.getNode().equals(node)
                && (workload.getTunnelProtocol() == TunnelProtocol.HBONE || workload.getNativeTunnel());
    }
}
