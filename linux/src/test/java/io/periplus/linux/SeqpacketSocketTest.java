package io.periplus.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeqpacketSocketTest {
    @TempDir
    Path folder;

    @Test
    void messagesKeepTheirBoundsAndPassADescriptor() throws IOException {
        try (SeqpacketServer server = SeqpacketServer.listen(folder.resolve("s"));
                SeqpacketSocket client = SeqpacketSocket.connect(folder.resolve("s"));
                SeqpacketSocket accepted = server.accept();
                NetworkNamespace own = NetworkNamespace.open(Path.of("/proc/self/ns/net"))) {
            client.send("one".getBytes(), -1);
            client.send("two".getBytes(), own.fd());

            assertThat(accepted.receive(1024).data()).isEqualTo("one".getBytes());
            SeqpacketSocket.Packet second = accepted.receive(1024);
            assertThat(second.data()).isEqualTo("two".getBytes());
            try (NetworkNamespace passed = NetworkNamespace.ofDescriptor(second.descriptor(), "passed")) {
                assertThat(passed.fd()).isNotEqualTo(own.fd());
                assertThat(Files.readSymbolicLink(Path.of("/proc/self/fd/" + passed.fd())))
                        .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
            }
        }
    }

    @Test
    void aMessageThatIsTooLongIsAnError() throws IOException {
        try (SeqpacketServer server = SeqpacketServer.listen(folder.resolve("s"));
                SeqpacketSocket client = SeqpacketSocket.connect(folder.resolve("s"));
                SeqpacketSocket accepted = server.accept()) {
            client.send(new byte[100], -1);
            assertThatThrownBy(() -> accepted.receive(10)).hasMessageContaining("longer than 10 bytes");
        }
    }

    @Test
    void theEndOfThePeerIsAnEndOfStreamAndSilenceATimeout() throws IOException {
        try (SeqpacketServer server = SeqpacketServer.listen(folder.resolve("s"));
                SeqpacketSocket client = SeqpacketSocket.connect(folder.resolve("s"));
                SeqpacketSocket accepted = server.accept()) {
            accepted.timeouts(null, Duration.ofMillis(20));
            assertThatThrownBy(() -> accepted.receive(10)).isInstanceOf(LinuxException.class);
            assertThat(accepted.peerClosed()).isFalse();
            client.close();
            assertThat(accepted.peerClosed()).isTrue();
            assertThatThrownBy(() -> accepted.receive(10)).isInstanceOf(EOFException.class);
        }
    }
}
