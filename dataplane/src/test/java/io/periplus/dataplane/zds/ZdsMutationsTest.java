package io.periplus.dataplane.zds;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.linux.NetworkNamespace;
import io.periplus.linux.SeqpacketServer;
import io.periplus.linux.SeqpacketSocket;
import io.periplus.wire.zds.AddWorkload;
import io.periplus.wire.zds.DelWorkload;
import io.periplus.wire.zds.SnapshotSent;
import io.periplus.wire.zds.WorkloadInfo;
import io.periplus.wire.zds.WorkloadRequest;
import io.periplus.wire.zds.WorkloadResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent that sends nonsense, with and without descriptors: each message is answered or ends the connection. */
@Timeout(60)
class ZdsMutationsTest {
    private static final int ROUND = 200;
    private static final List<byte[]> SEEDS = List.of(
            WorkloadRequest.newBuilder()
                    .setAdd(AddWorkload.newBuilder()
                            .setUid("uid")
                            .setWorkloadInfo(WorkloadInfo.newBuilder()
                                    .setName("pod")
                                    .setNamespace("ns")
                                    .setServiceAccount("sa")))
                    .build()
                    .toByteArray(),
            WorkloadRequest.newBuilder()
                    .setDel(DelWorkload.newBuilder().setUid("uid"))
                    .build()
                    .toByteArray(),
            WorkloadRequest.newBuilder()
                    .setSnapshotSent(SnapshotSent.getDefaultInstance())
                    .build()
                    .toByteArray());

    private final Random random = new Random(5);
    private final AtomicInteger open = new AtomicInteger();

    @Test
    void neitherTheThreadNorADescriptorIsLost(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("zds.sock");
        try (SeqpacketServer agent = SeqpacketServer.listen(path);
                NetworkNamespace own = NetworkNamespace.open(Path.of("/proc/self/ns/net"));
                ZdsClient client = ZdsClient.start(path, new Counting(), 10)) {
            SeqpacketSocket connection = greeted(agent);
            long before = namespaces();
            int answered = 0;
            for (int i = 0; i < ROUND; i++) {
                try {
                    byte[] message = i == ROUND - 1 ? SEEDS.getLast() : mutated();
                    connection.send(message, i < ROUND - 1 && random.nextBoolean() ? own.fd() : -1);
                    WorkloadResponse.parseFrom(connection.receive(1024).data());
                    answered++;
                } catch (IOException _) {
                    connection.close();
                    connection = greeted(agent);
                }
            }

            assertThat(answered)
                    .as("some are good by chance, the last is meant to be")
                    .isPositive();
            assertThat(open).hasValue(0);
            assertThat(namespaces()).isEqualTo(before);
            connection.close();
        }
    }

    private static SeqpacketSocket greeted(SeqpacketServer agent) throws IOException {
        SeqpacketSocket connection = agent.accept();
        connection.timeouts(Duration.ofSeconds(5), Duration.ofSeconds(5));
        connection.receive(1024);
        return connection;
    }

    private byte[] mutated() {
        byte[] seed = SEEDS.get(random.nextInt(SEEDS.size()));
        byte[] message = random.nextInt(4) == 0
                ? Arrays.copyOf(seed, Math.max(1, random.nextInt(seed.length * 2)))
                : seed.clone();
        for (int i = random.nextInt(3); i > 0; i--) {
            message[random.nextInt(message.length)] = (byte) random.nextInt(256);
        }
        return message;
    }

    /** Descriptors of network namespaces that this process has open. */
    private static long namespaces() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(ZdsMutationsTest::isNamespace).count();
        }
    }

    private static boolean isNamespace(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("net:");
        } catch (IOException _) {
            return false;
        }
    }

    private final class Counting implements PodRegistry {
        @Override
        public void connected() {}

        @Override
        public void add(String uid, WorkloadInfo workload, NetworkNamespace namespace) {
            open.incrementAndGet();
            try {
                namespace.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            open.decrementAndGet();
            if (random.nextInt(4) == 0) {
                throw new IllegalStateException("a registry that breaks");
            }
        }

        @Override
        public void keep(String uid) {}

        @Override
        public void delete(String uid) {}

        @Override
        public void snapshotSent() {}

        @Override
        public void disconnected() {}
    }
}
