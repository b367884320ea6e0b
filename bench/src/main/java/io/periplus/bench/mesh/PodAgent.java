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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The node agent's part for one ztunnel. */
final class PodAgent implements AutoCloseable {
    private static final int MESSAGE_BYTES = 1024;

    private final SeqpacketServer server;
    private final Path socket;
    private @Nullable SeqpacketSocket ztunnel;

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

    /**
     * Hands pods over as soon as ztunnel has come; the connection stays open until the agent is closed.
     *
     * @param pods their network namespaces by name
     */
    void handOver(Map<String, String> pods) {
        try {
            SeqpacketSocket connection = server.accept();
            ztunnel = connection;
            connection.receive(MESSAGE_BYTES);
            for (Map.Entry<String, String> pod : pods.entrySet()) {
                handOver(connection, pod.getKey(), pod.getValue());
            }
            ask(
                    connection,
                    WorkloadRequest.newBuilder()
                            .setSnapshotSent(SnapshotSent.getDefaultInstance())
                            .build(),
                    -1);
        } catch (IOException e) {
            throw new BenchException("ztunnel at %s: %s".formatted(socket, e.getMessage()), e);
        }
    }

    private static void handOver(SeqpacketSocket ztunnel, String pod, String namespace) throws IOException {
        try (NetworkNamespace place = NetworkNamespace.open(Path.of("/run/netns", namespace))) {
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
        try (server) {
            SeqpacketSocket connection = ztunnel;
            if (connection != null) {
                connection.close();
            }
        } catch (IOException e) {
            throw new BenchException("%s: %s".formatted(socket, e.getMessage()), e);
        }
    }
}
