package io.periplus.nodeagent;

import com.google.protobuf.InvalidProtocolBufferException;
import io.periplus.linux.SeqpacketSocket;
import io.periplus.wire.zds.AddWorkload;
import io.periplus.wire.zds.DelWorkload;
import io.periplus.wire.zds.KeepWorkload;
import io.periplus.wire.zds.SnapshotSent;
import io.periplus.wire.zds.Version;
import io.periplus.wire.zds.WorkloadRequest;
import io.periplus.wire.zds.WorkloadResponse;
import io.periplus.wire.zds.ZdsHello;
import java.io.IOException;
import java.time.Duration;

/**
 * One connected ztunnel: strictly one request, then its acknowledgement. Used by one thread.
 */
final class ZtunnelConnection implements AutoCloseable {
    private static final int MESSAGE_BYTES_MAX = 1024;

    /** A ztunnel that does not bind a pod's listeners in this time is taken for dead; upstream's figure. */
    private static final Duration ACK_WITHIN = Duration.ofSeconds(5);

    private final SeqpacketSocket socket;

    private ZtunnelConnection(SeqpacketSocket socket) {
        this.socket = socket;
    }

    /** Waits for the hello. */
    static ZtunnelConnection greet(SeqpacketSocket socket) throws IOException {
        socket.timeouts(ACK_WITHIN, ACK_WITHIN);
        ZdsHello hello = ZdsHello.parseFrom(socket.receive(MESSAGE_BYTES_MAX).data());
        if (hello.getVersion() != Version.V1) {
            throw new IOException("ztunnel speaks ZDS version %s (expected: V1)".formatted(hello.getVersion()));
        }
        return new ZtunnelConnection(socket);
    }

    /** ztunnel serves the pod when this returns. */
    void add(EnrolledPod pod) throws IOException {
        ask(
                WorkloadRequest.newBuilder()
                        .setAdd(AddWorkload.newBuilder().setUid(pod.uid()).setWorkloadInfo(pod.info()))
                        .build(),
                pod.namespace().fd());
    }

    void keep(String uid) throws IOException {
        ask(
                WorkloadRequest.newBuilder()
                        .setKeep(KeepWorkload.newBuilder().setUid(uid))
                        .build(),
                -1);
    }

    void delete(String uid) throws IOException {
        ask(
                WorkloadRequest.newBuilder()
                        .setDel(DelWorkload.newBuilder().setUid(uid))
                        .build(),
                -1);
    }

    void snapshotSent() throws IOException {
        ask(
                WorkloadRequest.newBuilder()
                        .setSnapshotSent(SnapshotSent.getDefaultInstance())
                        .build(),
                -1);
    }

    boolean lost() {
        return socket.peerClosed();
    }

    private void ask(WorkloadRequest request, int descriptor) throws IOException {
        socket.send(request.toByteArray(), descriptor);
        String error;
        try {
            error = WorkloadResponse.parseFrom(socket.receive(MESSAGE_BYTES_MAX).data())
                    .getAck()
                    .getError();
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("ztunnel answered something unreadable", e);
        }
        if (!error.isEmpty()) {
            throw new RefusedException(error);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** ztunnel answered that it cannot do it now; the connection is still good. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String error) {
            super("ztunnel refused: " + error);
        }
    }
}
