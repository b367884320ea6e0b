package io.periplus.dataplane.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever looks at a server's connections, ends or drains them, may meet one whose handshake has just ended. */
@Timeout(30)
final class ServerLifecycleTest {
    private static final int CONNECTIONS = 60;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();

    @Test
    void aConnectionIsKnownWhenItCanBeUsedAndNotBefore() throws Exception {
        try (Mesh mesh = new Mesh(Mesh.SETTINGS.withStreamsPerConnection(1))) {
            HboneServer server = mesh.server(request -> request.accept(Echo::on));
            InetSocketAddress address = mesh.listen(server);
            CompletableFuture<Void> looks = CompletableFuture.runAsync(() -> lookAtEach(server));

            for (int i = 0; i < CONNECTIONS; i++) {
                mesh.connect(mesh.target(address)).sync();
            }

            assertThat(looks).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    /** Looks in the very moment in which there is one more. */
    private static void lookAtEach(HboneServer server) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        int seen = 0;
        while (seen < CONNECTIONS && System.nanoTime() < end) {
            int now = server.connections();
            if (now > seen) {
                server.forEachTunnel(_ -> {});
                seen = now;
            }
            Thread.onSpinWait();
        }
    }
}
