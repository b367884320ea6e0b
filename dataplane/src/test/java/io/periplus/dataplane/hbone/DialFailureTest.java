package io.periplus.dataplane.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.Future;
import io.periplus.dataplane.hbone.HboneException.Reason;
import io.periplus.dataplane.identity.WorkloadCertificate;
import io.periplus.dataplane.tls.WorkloadTls;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.PrivateKey;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What cannot even begin TLS says so, to those who wait for it. */
@Timeout(30)
final class DialFailureTest {
    private static final long SOON_MILLIS = 5_000;

    private Mesh mesh;
    private InetSocketAddress address;

    @BeforeEach
    void server() {
        mesh = new Mesh();
        address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));
    }

    @AfterEach
    void close() {
        mesh.close();
    }

    /** A certificate with a key of no known kind, of which no context can be made. */
    private static WorkloadTls unusable(WorkloadTls like) {
        WorkloadCertificate certificate = like.certificate();
        PrivateKey key = new PrivateKey() {
            @Override
            public String getAlgorithm() {
                return "none";
            }

            @Override
            public String getFormat() {
                return "none";
            }

            @Override
            public byte[] getEncoded() {
                return new byte[1];
            }
        };
        return Mesh.tls(new WorkloadCertificate(certificate.identity(), key, certificate.chain(), certificate.roots()));
    }

    private static void assertFails(Future<?> opening) throws InterruptedException {
        assertThat(opening.await(SOON_MILLIS)).isTrue();
        assertThat(opening.cause())
                .isInstanceOfSatisfying(
                        HboneException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TLS));
    }

    @Test
    void aContextThatCannotBeMadeFailsItsRequestAndNoLaterOne() throws Exception {
        WorkloadTls unusable = unusable(mesh.client);
        for (int i = 0; i < 2; i++) {
            assertFails(mesh.connect(mesh.target(unusable, address, mesh.server.identity())));
        }

        assertThat(mesh.open(mesh.target(address)).send("on").end().text()).isEqualTo("on");
    }

    @Test
    void aTunnelInATunnelWhoseContextCannotBeMadeFails() throws Exception {
        HboneTarget outer = mesh.target(address);
        HboneTarget inner = mesh.target(unusable(mesh.client), address, mesh.server.identity())
                .inside(Set.of(mesh.server.identity()), Map.of());

        assertFails(mesh.pool.connectThrough(outer, inner, mesh.clientLoop));
    }

    @Test
    void aServerWhoseContextCannotBeMadeSaysSoAndClosesTheConnection() throws Exception {
        WorkloadTls unusable = unusable(mesh.server);
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        HboneServer server = new HboneServer(
                () -> CompletableFuture.completedFuture(unusable),
                new HboneAcceptor() {
                    @Override
                    public void onConnect(HboneRequest request) {
                        request.accept(Echo::on);
                    }

                    @Override
                    public void onConnectionFailed(SocketAddress remote, SocketAddress local, Throwable why) {
                        told.complete(why);
                    }
                },
                mesh.settings);

        assertFails(mesh.connect(mesh.target(mesh.listen(server))));

        assertThat(told.get()).hasMessageContaining("cannot make a TLS context");
        assertThat(mesh.serverConnections.getFirst().closeFuture().await(SOON_MILLIS))
                .isTrue();
    }
}
