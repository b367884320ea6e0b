package io.periplus.dataplane.zds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.linux.NetworkNamespace;
import io.periplus.linux.SeqpacketServer;
import io.periplus.linux.SeqpacketSocket;
import io.periplus.wire.zds.AddWorkload;
import io.periplus.wire.zds.DelWorkload;
import io.periplus.wire.zds.SnapshotSent;
import io.periplus.wire.zds.WorkloadInfo;
import io.periplus.wire.zds.WorkloadRequest;
import io.periplus.wire.zds.WorkloadResponse;
import io.periplus.wire.zds.ZdsHello;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZdsClientTest {
    @TempDir
    Path folder;

    private final List<String> seen = new CopyOnWriteArrayList<>();

    @Test
    void everyRequestIsHandedOnAndAcknowledged() throws IOException {
        Path path = folder.resolve("zds.sock");
        try (SeqpacketServer agent = SeqpacketServer.listen(path);
                ZdsClient client = ZdsClient.start(path, new Recorder())) {
            try (SeqpacketSocket connection = agent.accept()) {
                assertThat(ZdsHello.parseFrom(connection.receive(1024).data()).getVersionValue())
                        .isEqualTo(1);
                try (NetworkNamespace own = NetworkNamespace.open(Path.of("/proc/self/ns/net"))) {
                    assertThat(ask(connection, add("a"), own.fd())).isEmpty();
                    assertThat(ask(connection, add("busy"), own.fd())).contains("port in use");
                }
                assertThat(ask(connection, snapshot(), -1)).isEmpty();
                assertThat(ask(connection, delete("a"), -1)).isEmpty();
                assertThat(seen).containsExactly("connected", "add a", "add busy", "snapshot", "delete a");
            }
            try (SeqpacketSocket again = agent.accept()) {
                again.receive(1024);
                await().untilAsserted(() -> assertThat(seen).endsWith("disconnected", "connected"));
            }
        }
    }

    @Test
    void anAgentThatBreaksTheProtocolIsAskedLessAndLessOften() throws IOException {
        Path path = folder.resolve("zds.sock");
        try (SeqpacketServer agent = SeqpacketServer.listen(path);
                ZdsClient client = ZdsClient.start(path, new Recorder())) {
            agent.accept().close();
            long start = System.nanoTime();
            for (int again = 0; again < 6; again++) {
                try (SeqpacketSocket connection = agent.accept()) {
                    connection.receive(1024);
                    connection.send(new byte[] {7}, -1);
                }
            }
            // 10 + 20 + 40 + 80 + 160 + 320
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(600));
            assertThat(client).isNotNull();
        }
    }

    private static String ask(SeqpacketSocket connection, WorkloadRequest request, int fd) throws IOException {
        connection.send(request.toByteArray(), fd);
        return WorkloadResponse.parseFrom(connection.receive(1024).data())
                .getAck()
                .getError();
    }

    private static WorkloadRequest add(String uid) {
        return WorkloadRequest.newBuilder()
                .setAdd(AddWorkload.newBuilder()
                        .setUid(uid)
                        .setWorkloadInfo(
                                WorkloadInfo.newBuilder().setName("pod").setNamespace("ns")))
                .build();
    }

    private static WorkloadRequest snapshot() {
        return WorkloadRequest.newBuilder()
                .setSnapshotSent(SnapshotSent.getDefaultInstance())
                .build();
    }

    private static WorkloadRequest delete(String uid) {
        return WorkloadRequest.newBuilder()
                .setDel(DelWorkload.newBuilder().setUid(uid))
                .build();
    }

    private final class Recorder implements PodRegistry {
        @Override
        public void connected() {
            seen.add("connected");
        }

        @Override
        public void add(String uid, WorkloadInfo workload, NetworkNamespace namespace) throws IOException {
            seen.add("add " + uid);
            namespace.close();
            if (uid.equals("busy")) {
                throw new IOException("port in use");
            }
        }

        @Override
        public void keep(String uid) {
            seen.add("keep " + uid);
        }

        @Override
        public void delete(String uid) {
            seen.add("delete " + uid);
        }

        @Override
        public void snapshotSent() {
            seen.add("snapshot");
        }

        @Override
        public void disconnected() {
            seen.add("disconnected");
        }
    }
}
