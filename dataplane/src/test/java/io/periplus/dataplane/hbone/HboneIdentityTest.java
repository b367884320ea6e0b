package io.periplus.dataplane.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.hbone.HboneException.Reason;
import io.periplus.dataplane.testing.TestCa;
import io.periplus.dataplane.tls.CompliancePolicy;
import io.periplus.dataplane.tls.Revocations;
import io.periplus.dataplane.tls.WorkloadTls;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class HboneIdentityTest {
    private static final SpiffeId OTHER = new SpiffeId("cluster.local", "shop", "other");

    private final Mesh mesh = new Mesh();

    @AfterEach
    void close() {
        mesh.close();
    }

    @Test
    void aServerWithAnotherIdentityIsRefused() throws Exception {
        var address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));

        assertTlsFailure(mesh.connect(mesh.target(address, OTHER)), "shop/sa/stock");
    }

    @Test
    void aServerOfAnotherRootIsRefused() throws Exception {
        WorkloadTls stranger = Mesh.tls(new TestCa("stranger").issue(mesh.server.identity(), Duration.ofHours(1)));
        var hbone = new HboneServer(
                () -> CompletableFuture.completedFuture(stranger), request -> request.accept(Echo::on), mesh.settings);

        assertTlsFailure(mesh.connect(mesh.target(mesh.listen(hbone))), "does not lead to a trust root");
    }

    @Test
    void anExpiredServerIsRefused() throws Exception {
        WorkloadTls expired = Mesh.tls(mesh.ca.issue(mesh.server.identity(), Duration.ofMinutes(-1)));
        var hbone = new HboneServer(
                () -> CompletableFuture.completedFuture(expired), request -> request.accept(Echo::on), mesh.settings);

        assertTlsFailure(mesh.connect(mesh.target(mesh.listen(hbone))), "");
    }

    @Test
    void aClientOfAnotherRootOrTrustDomainGetsNoRequestThrough() throws Exception {
        AtomicReference<HboneRequest> seen = new AtomicReference<>();
        var address = mesh.listen(mesh.server(seen::set));
        WorkloadTls foreignRoot = Mesh.tls(new TestCa("stranger").issue("shop", "cart"));
        WorkloadTls foreignDomain =
                Mesh.tls(mesh.ca.issue(new SpiffeId("elsewhere.example", "shop", "cart"), Duration.ofHours(1)));
        for (WorkloadTls client : new WorkloadTls[] {foreignRoot, foreignDomain}) {
            Future<Channel> tunnel = mesh.connect(mesh.target(client, address, mesh.server.identity()));

            assertThat(tunnel.await(5_000)).isTrue();
            assertThat(tunnel.isSuccess()).isFalse();
            assertThat(seen).hasNullValue();
        }
    }

    @Test
    void inAnAliasOfTheTrustDomainAnIdentityIsTheSame() throws Exception {
        WorkloadTls knowing = new WorkloadTls(
                mesh.ca.issue(mesh.server.identity(), Duration.ofHours(1)),
                CompliancePolicy.DEFAULT,
                Revocations.NONE,
                false,
                Set.of("old.example"));
        WorkloadTls old = Mesh.tls(mesh.ca.issue(new SpiffeId("old.example", "shop", "cart"), Duration.ofHours(1)));
        var known = new HboneServer(
                () -> CompletableFuture.completedFuture(knowing), request -> request.accept(Echo::on), mesh.settings);
        var olds = new HboneServer(
                () -> CompletableFuture.completedFuture(
                        Mesh.tls(mesh.ca.issue(new SpiffeId("old.example", "shop", "stock"), Duration.ofHours(1)))),
                request -> request.accept(Echo::on),
                mesh.settings);

        assertThat(mesh.open(mesh.target(old, mesh.listen(known), knowing.identity()))
                        .send("in")
                        .end()
                        .text())
                .isEqualTo("in");
        // Who is asked knows no aliases, and takes a client of its own trust domain alone.
        Future<Channel> out = mesh.connect(mesh.target(knowing, mesh.listen(olds), mesh.server.identity()));
        assertThat(out.await(5_000)).isTrue();
        assertThat(String.valueOf(out.cause())).doesNotContain("expected one of");
        assertTlsFailure(
                mesh.connect(mesh.target(knowing, mesh.listen(olds), new SpiffeId("cluster.local", "shop", "other"))),
                "expected one of");
    }

    @Test
    void aRotatedCertificateServesNewConnectionsAndKeepsOldOnes() throws Exception {
        AtomicReference<WorkloadTls> current = new AtomicReference<>(mesh.server);
        var hbone = new HboneServer(
                () -> CompletableFuture.completedFuture(current.get()),
                request -> request.accept(Echo::on),
                mesh.settings);
        var address = mesh.listen(hbone);
        TunnelClient before = mesh.open(mesh.target(address));

        SpiffeId renamed = OTHER;
        current.set(Mesh.tls(mesh.ca.issue(renamed, Duration.ofHours(1))));

        assertThat(mesh.open(mesh.target(address, renamed)).send("new").end().text())
                .isEqualTo("new");
        assertThat(before.send("old").end().text()).isEqualTo("old");
        assertThat(mesh.accepted).hasValue(2);
    }

    @Test
    void aServerWithoutCertificateYetMakesTheClientWaitAndNotFail() throws Exception {
        CompletableFuture<WorkloadTls> late = new CompletableFuture<>();
        var address = mesh.listen(new HboneServer(() -> late, request -> request.accept(Echo::on), mesh.settings));
        Future<Channel> tunnel = mesh.connect(mesh.target(address));
        assertThat(tunnel.await(200)).isFalse();

        late.complete(mesh.server);

        assertThat(tunnel.sync().isSuccess()).isTrue();
        tunnel.getNow().close().sync();
    }

    @Test
    void keyExchangesAreThoseOfThePolicy() throws Exception {
        var certificate = mesh.server.certificate();
        var quantumSafe = new WorkloadTls(certificate, CompliancePolicy.PQC);
        var address = mesh.listen(new HboneServer(
                () -> CompletableFuture.completedFuture(quantumSafe),
                request -> request.accept(Echo::on),
                mesh.settings));

        // The default offers the hybrid group too; FIPS 140-2 does not.
        assertThat(mesh.open(mesh.target(address)).send("pq").end().text()).isEqualTo("pq");
        var fips = new WorkloadTls(mesh.ca.issue("shop", "fips"), CompliancePolicy.FIPS_140_2);
        assertTlsFailure(mesh.connect(mesh.target(fips, address, mesh.server.identity())), "");
    }

    @Test
    void anOlderTlsIsSpokenOnlyWhereItIsWantedAndNotPreferred() throws Exception {
        var both = new WorkloadTls(mesh.server.certificate(), CompliancePolicy.DEFAULT, Revocations.NONE, true);
        var older = mesh.listen(new HboneServer(
                () -> CompletableFuture.completedFuture(both), request -> request.accept(Echo::on), mesh.settings));
        var newOnly = mesh.listen(mesh.server(request -> request.accept(Echo::on)));

        assertThat(older12(older)).startsWith("TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_");
        assertThat(older12(newOnly)).contains("protocol");
        assertThat(mesh.open(mesh.target(older)).send("1.3").end().text()).isEqualTo("1.3");
    }

    /** What a client that knows only TLS 1.2 agrees on with a server. */
    private String older12(InetSocketAddress server) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
        keys.load(null, null);
        var own = mesh.client.certificate();
        keys.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        context.init(managers.getKeyManagers(), InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
            socket.connect(server, 5_000);
            socket.setSoTimeout(5_000);
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket.getSession().getProtocol() + " " + socket.getSession().getCipherSuite();
        } catch (SSLException e) {
            return e.getMessage();
        }
    }

    private static void assertTlsFailure(Future<Channel> tunnel, String why) throws InterruptedException {
        assertThat(tunnel.await(5_000)).isTrue();
        assertThat(tunnel.cause()).isInstanceOfSatisfying(HboneException.class, e -> {
            assertThat(e.reason()).isEqualTo(Reason.TLS);
            assertThat(e).hasMessageContaining(why);
        });
    }
}
