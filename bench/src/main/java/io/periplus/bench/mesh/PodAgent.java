package io.periplus.bench.mesh;

import io.periplus.bench.machine.BenchException;
import io.periplus.linux.NetworkNamespace;
import io.periplus.linux.SeqpacketServer;
import io.periplus.linux.SeqpacketSocket;
import io.periplus.wire.zds.AddWorkload;
import io.periplus.wire.zds.SnapshotSent;
import io.periplus.wire.zds.WorkloadInfo;
import io.periplus.wire.zds.WorkloadRequest;
import io.periplus.wire.zds.WorkloadResponse;
import java.io.IOException;
import java.nio.file.Path;

/** The node agent's part for one ztunnel with one pod. */
final class PodAgent implements AutoCloseable {
    private static final int MESSAGE_BYTES = 1024;

    private final SeqpacketServer server;
    private final Path socket;

    PodAgent(Path socket) {
        this.socket = socket;
        try {
            server = SeqpacketServer.listen(socket);
        } catch (IOException e) {
            throw new BenchException("cannot listen on %s: %s".formatted(socket, e.getMessage()), e);
        }
    }

    Path socket() {
        return socket;
    }

    /** Hands the pod over as soon as ztunnel has come; the connection stays open until the agent is closed. */
    SeqpacketSocket handOver(String pod, String namespace) {
        try (NetworkNamespace place = NetworkNamespace.open(Path.of("/run/netns", namespace))) {
            SeqpacketSocket ztunnel = server.accept();
            ztunnel.receive(MESSAGE_BYTES);
            ask(
                    ztunnel,
                    WorkloadRequest.newBuilder()
                            .setAdd(AddWorkload.newBuilder()
                                    .setUid(Topology.uid(pod))
                                    .setWorkloadInfo(WorkloadInfo.newBuilder()
                                            .setName(pod)
                                            .setNamespace(Topology.NAMESPACE)
                                            .setServiceAccount(pod)))
                            .build(),
                    place.fd());
            ask(
                    ztunnel,
                    WorkloadRequest.newBuilder()
                            .setSnapshotSent(SnapshotSent.getDefaultInstance())
                            .build(),
                    -1);
            return ztunnel;
        } catch (IOException e) {
            throw new BenchException("ztunnel at %s: %s".formatted(socket, e.getMessage()), e);
        }
    }

    private static void ask(SeqpacketSocket ztunnel, WorkloadRequest request, int descriptor) throws IOException {
        ztunnel.send(request.toByteArray(), descriptor);
        String error = WorkloadResponse.parseFrom(ztunnel.receive(MESSAGE_BYTES).data())
                .getAck()
                .getError();
        if (!error.isEmpty()) {
            throw new IOException(error);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new BenchException("%s: %s".formatted(socket, e.getMessage()), e);
        }
    }
}
