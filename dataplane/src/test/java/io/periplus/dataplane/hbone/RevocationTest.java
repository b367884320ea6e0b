package io.periplus.dataplane.hbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.periplus.dataplane.hbone.HboneException.Reason;
import io.periplus.dataplane.testing.TestCa;
import io.periplus.dataplane.tls.CompliancePolicy;
import io.periplus.dataplane.tls.RevocationFile;
import io.periplus.dataplane.tls.Revocations;
import io.periplus.dataplane.tls.Revocations.Side;
import io.periplus.dataplane.tls.WorkloadTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client and a server of one CA; one of them follows a file of revocation lists. */
@Timeout(30)
final class RevocationTest {
    private final Mesh mesh = new Mesh();
    private final List<Side> rejected = new CopyOnWriteArrayList<>();
    private final Revocations revocations = new Revocations(new Revocations.Events() {
        @Override
        public void rejected(Side side) {
            rejected.add(side);
        }
    });
    private Path file;

    @BeforeEach
    void noListYet(@TempDir Path files) {
        file = files.resolve("ca.crl");
    }

    @AfterEach
    void close() {
        mesh.close();
    }

    @ParameterizedTest
    @EnumSource
    void aRevokedPeerIsRefusedInItsHandshake(Side side) throws Exception {
        Files.writeString(file, mesh.ca.revoke(peer(side).certificate().leaf()));
        try (RevocationFile _ = follow()) {
            Future<Channel> tunnel = connect(side);

            assertThat(tunnel.await(5_000)).isTrue();
            assertThat(tunnel.cause()).isInstanceOfSatisfying(HboneException.class, e -> {
                if (side == Side.CLIENT) {
                    assertThat(e.reason()).isEqualTo(Reason.REVOKED);
                    assertThat(e).hasMessageContaining("was revoked");
                }
            });
            assertThat(rejected).containsOnly(side).isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOpenConnectionEndsWhenItsPeerIsRevoked(Side side) throws Exception {
        try (RevocationFile _ = follow()) {
            Future<Channel> tunnel = connect(side).sync();
            Future<Channel> other = connect(side).sync();

            Files.writeString(
                    file, mesh.ca.revoke(mesh.ca.issue("shop", "bystander").leaf()));
            await().pollDelay(Duration.ofMillis(400)).until(tunnel.getNow()::isActive);

            Files.writeString(
                    file,
                    mesh.ca.revoke(mesh.ca.issue("shop", "bystander").leaf())
                            + mesh.ca.revoke(peer(side).certificate().leaf()));
            await().untilAsserted(() -> {
                assertThat(tunnel.getNow().isActive()).isFalse();
                assertThat(other.getNow().isActive()).isFalse();
            });
            assertThat(rejected).hasSize(2).containsOnly(side);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionFromBeforeTheFileCouldBeReadEndsWhenItsPeerIsRevoked(Side side) throws Exception {
        Files.writeString(file, "no list");
        try (RevocationFile _ = follow()) {
            Future<Channel> tunnel = connect(side).sync();

            Files.writeString(file, mesh.ca.revoke(peer(side).certificate().leaf()));

            await().until(() -> !tunnel.getNow().isActive());
        }
    }

    @Test
    void withItsIntermediateAWholeBranchIsRevoked() throws Exception {
        Files.writeString(file, mesh.ca.revokeIntermediate());
        try (RevocationFile _ = follow()) {
            assertThat(connect(Side.CLIENT).await().cause()).hasMessageContaining("was revoked");
        }
    }

    @Test
    void aListOfAnotherIssuerOfTheSameNameDoesNotCount() throws Exception {
        Files.writeString(
                file, new TestCa("mesh").revoke(peer(Side.CLIENT).certificate().leaf()));
        try (RevocationFile _ = follow()) {
            assertThat(connect(Side.CLIENT).await().isSuccess()).isTrue();
        }
    }

    @Test
    void anUnreadableFileLeavesWhatWasKnown() throws Exception {
        Files.writeString(file, mesh.ca.revoke(peer(Side.CLIENT).certificate().leaf()));
        try (RevocationFile _ = follow()) {
            Files.writeString(file, "no list");
            await().pollDelay(Duration.ofMillis(400)).until(() -> true);
            assertThat(connect(Side.CLIENT).await().isSuccess()).isFalse();

            Files.delete(file);
            await().atMost(Duration.ofSeconds(8))
                    .until(() -> connect(Side.CLIENT).await().isSuccess());
        }
    }

    private RevocationFile follow() {
        return RevocationFile.follow(file, revocations, Duration.ofMillis(100));
    }

    private WorkloadTls peer(Side side) {
        return side == Side.CLIENT ? mesh.server : mesh.client;
    }

    /** The end on this side knows of revocations, the other does not. */
    private Future<Channel> connect(Side side) throws IOException {
        WorkloadTls server = side == Side.SERVER ? knowing(mesh.server) : mesh.server;
        WorkloadTls client = side == Side.CLIENT ? knowing(mesh.client) : mesh.client;
        var hbone = new HboneServer(
                () -> CompletableFuture.completedFuture(server), request -> request.accept(Echo::on), mesh.settings);
        return mesh.connect(mesh.target(client, mesh.listen(hbone), mesh.server.identity()));
    }

    private WorkloadTls knowing(WorkloadTls tls) {
        return new WorkloadTls(tls.certificate(), CompliancePolicy.DEFAULT, revocations);
    }
}
