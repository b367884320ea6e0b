package io.periplus.dataplane.zds;

import com.google.protobuf.InvalidProtocolBufferException;
import io.periplus.linux.NetworkNamespace;
import io.periplus.linux.SeqpacketSocket;
import io.periplus.wire.zds.AddWorkload;
import io.periplus.wire.zds.WorkloadRequest;
import java.io.IOException;
import java.net.ProtocolException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the node agent's messages mean. */
final class ZdsRequests {
    private static final Logger LOG = LoggerFactory.getLogger(ZdsRequests.class);

    private final PodRegistry registry;

    ZdsRequests(PodRegistry registry) {
        this.registry = registry;
    }

    /**
     * Follows one message; whatever descriptor came with it has another owner afterwards, or is closed.
     *
     * @return the error for the acknowledgement; empty is success
     * @throws ProtocolException when it is no message of the protocol
     */
    String handle(SeqpacketSocket.Packet packet) throws IOException {
        NetworkNamespace namespace =
                packet.descriptor() < 0 ? null : NetworkNamespace.ofDescriptor(packet.descriptor(), "pod");
        boolean handedOver = false;
        try {
            WorkloadRequest request = WorkloadRequest.parseFrom(packet.data());
            if ((namespace != null) != request.hasAdd()) {
                throw new ProtocolException(
                        "%s with%s a descriptor".formatted(request.getPayloadCase(), namespace == null ? "out" : ""));
            }
            if (namespace != null) {
                handedOver = request.getAdd().hasWorkloadInfo();
            }
            return apply(request, namespace);
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("unreadable message: " + e.getMessage());
        } finally {
            if (namespace != null && !handedOver) {
                namespace.close();
            }
        }
    }

    private String apply(WorkloadRequest request, @Nullable NetworkNamespace namespace) throws IOException {
        switch (request.getPayloadCase()) {
            case ADD -> {
                if (!request.getAdd().hasWorkloadInfo() || namespace == null) {
                    throw new ProtocolException("add of " + request.getAdd().getUid() + " without workload_info");
                }
                return add(request.getAdd(), namespace);
            }
            case KEEP -> registry.keep(request.getKeep().getUid());
            case DEL -> registry.delete(request.getDel().getUid());
            case SNAPSHOT_SENT -> registry.snapshotSent();
            case PAYLOAD_NOT_SET -> throw new ProtocolException("a message of a kind this version does not know");
        }
        return "";
    }

    private String add(AddWorkload add, NetworkNamespace namespace) {
        try {
            registry.add(add.getUid(), add.getWorkloadInfo(), namespace);
            return "";
        } catch (IOException e) {
            LOG.warn(
                    "pod {}/{} cannot be served yet: {}",
                    add.getWorkloadInfo().getNamespace(),
                    add.getWorkloadInfo().getName(),
                    e.getMessage());
            return e.toString();
        }
    }
}
