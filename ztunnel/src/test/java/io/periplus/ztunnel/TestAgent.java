package io.periplus.ztunnel;

import io.periplus.linux.SeqpacketServer;
import io.periplus.linux.SeqpacketSocket;
import io.periplus.wire.zds.AddWorkload;
import io.periplus.wire.zds.DelWorkload;
import io.periplus.wire.zds.SnapshotSent;
import io.periplus.wire.zds.WorkloadInfo;
import io.periplus.wire.zds.WorkloadRequest;
import io.periplus.wire.zds.WorkloadResponse;
import java.io.IOException;
import java.nio.file.Path;

/** The node agent's side of the socket, as the test wants it. */
final class TestAgent implements AutoCloseable {
    private static final int MESSAGE_BYTES = 1024;

    private final SeqpacketServer server;
    private SeqpacketSocket connection;

    TestAgent(Path socket) throws IOException {
        server = SeqpacketServer.listen(socket);
    }

    void accept() throws IOException {
        connection = server.accept();
        connection.receive(MESSAGE_BYTES);
    }

    /** Returns ztunnel's error, empty for none. */
    String add(PodHost pod) throws IOException {
        return ask(
                WorkloadRequest.newBuilder()
                        .setAdd(AddWorkload.newBuilder()
                                .setUid(TestNode.uid(pod))
                                .setWorkloadInfo(WorkloadInfo.newBuilder()
                                        .setName(pod.name())
                                        .setNamespace(TestNode.NAMESPACE)
                                        .setServiceAccount(pod.name())))
                        .build(),
                pod.namespace().fd());
    }

    String delete(PodHost pod) throws IOException {
        return ask(
                WorkloadRequest.newBuilder()
                        .setDel(DelWorkload.newBuilder().setUid(TestNode.uid(pod)))
                        .build(),
                -1);
    }

    String snapshotSent() throws IOException {
        return ask(
                WorkloadRequest.newBuilder()
                        .setSnapshotSent(SnapshotSent.getDefaultInstance())
                        .build(),
                -1);
    }

    private String ask(WorkloadRequest request, int descriptor) throws IOException {
        connection.send(request.toByteArray(), descriptor);
        return WorkloadResponse.parseFrom(connection.receive(MESSAGE_BYTES).data())
                .getAck()
                .getError();
    }

    @Override
    public void close() throws IOException {
        if (connection != null) {
            connection.close();
        }
        server.close();
    }
}
