package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.wire.workload.AppProtocol;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What an application is told of its clients where the waypoint's Gateway asks for it. */
class ClientIdentityTest {
    @Test
    void theClientsIdentityReplacesWhatTheClientSays() throws Exception {
        try (Rig rig = new Rig(HttpSettings.DEFAULT.withClientsBy(Rig.WAYPOINT));
                ServerSocket listener = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"))) {
            CompletableFuture<String> seen = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                try (Socket connection = listener.accept()) {
                    byte[] request = new byte[4096];
                    int length = connection.getInputStream().read(request);
                    connection
                            .getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    seen.complete(new String(request, 0, length, StandardCharsets.US_ASCII));
                } catch (Exception e) {
                    seen.completeExceptionally(e);
                }
            });
            rig.service(AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Client-Cert: By=forged\r\n\r\n")
                        .answer();
            }
            assertThat(seen.get(5, TimeUnit.SECONDS))
                    .contains("x-forwarded-client-cert: By=" + Rig.WAYPOINT + ";URI=" + Rig.FINANCE)
                    .doesNotContain("forged");
        }
    }
}
