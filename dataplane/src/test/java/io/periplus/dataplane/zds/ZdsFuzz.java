package io.periplus.dataplane.zds;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.periplus.linux.NetworkNamespace;
import io.periplus.linux.SeqpacketSocket;
import io.periplus.wire.zds.WorkloadInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Searches for messages of a node agent that end otherwise than with an answer or a broken protocol, or whose descriptor
 * is lost; see {@code HttpFuzz} for how to run it. {@link ZdsMutationsTest} is its short round.
 */
class ZdsFuzz {
    @FuzzTest(maxDuration = "5m")
    void requests(byte[] bytes) throws IOException {
        boolean withDescriptor = bytes.length > 0 && (bytes[0] & 1) == 1;
        byte[] message = bytes.length == 0 ? bytes : Arrays.copyOfRange(bytes, 1, bytes.length);
        AtomicInteger open = new AtomicInteger();
        int descriptor = -1;
        if (withDescriptor) {
            try (NetworkNamespace own = NetworkNamespace.open(Path.of("/proc/self/ns/net"))) {
                // Handed over below, as a received one.
                descriptor = own.duplicate().fd();
            }
        }
        try {
            new ZdsRequests(new Closing(open)).handle(new SeqpacketSocket.Packet(message, descriptor));
        } catch (IOException _) {
            // The connection ends.
        }
        assertThat(open).hasValue(0);
        if (withDescriptor) {
            assertThat(isNamespace(descriptor)).as("left open").isFalse();
        }
    }

    /** Another thread may have got the same number for something else meanwhile. */
    private static boolean isNamespace(int descriptor) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor)))
                    .toString()
                    .startsWith("net:");
        } catch (IOException _) {
            return false;
        }
    }

    private record Closing(AtomicInteger open) implements PodRegistry {
        @Override
        public void connected() {}

        @Override
        public void add(String uid, WorkloadInfo workload, NetworkNamespace namespace) throws IOException {
            open.incrementAndGet();
            namespace.close();
            open.decrementAndGet();
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
