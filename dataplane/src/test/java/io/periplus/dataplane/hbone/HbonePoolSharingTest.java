package io.periplus.dataplane.hbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.concurrent.Future;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.tls.WorkloadTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who shares a connection with whom, and how long it lives. */
@Timeout(30)
final class HbonePoolSharingTest {
    @Test
    void whoeverDiffersInIdentityExpectationOrAddressHasAConnectionOfHisOwn() throws Exception {
        try (Mesh mesh = new Mesh()) {
            InetSocketAddress address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));
            WorkloadTls other = Mesh.tls(mesh.ca.issue("shop", "other"));
            SpiffeId stock = mesh.server.identity();
            HboneTarget usual = mesh.target(address);
            HboneTarget expectsMore = new HboneTarget(
                    mesh.client, Set.of(stock, other.identity()), null, address, "10.1.2.3:80", Map.of(), mesh.sockets);
            HboneTarget fromElsewhere = new HboneTarget(
                    mesh.client,
                    Set.of(stock),
                    InetAddress.ofLiteral("127.0.0.2"),
                    address,
                    "10.1.2.3:80",
                    Map.of(),
                    mesh.sockets);
            List<HboneTarget> different =
                    List.of(usual, mesh.target(other, address, stock), expectsMore, fromElsewhere);

            for (int i = 0; i < 2; i++) {
                for (HboneTarget target : different) {
                    assertThat(mesh.open(target).send("ahoy").end().text()).isEqualTo("ahoy");
                }
            }

            assertThat(mesh.accepted).hasValue(different.size());
        }
    }

    @Test
    void oneStreamPerConnectionIsPossibleAndAnEmptyOneIsUsedAgain() throws Exception {
        try (Mesh mesh = new Mesh(Mesh.SETTINGS.withStreamsPerConnection(1))) {
            InetSocketAddress address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));
            TunnelClient first = mesh.open(mesh.target(address));
            TunnelClient second = mesh.open(mesh.target(address));
            assertThat(mesh.accepted).hasValue(2);
            assertThat(first.send("one").end().text()).isEqualTo("one");
            assertThat(second.send("two").end().text()).isEqualTo("two");
            await().until(() -> !first.tunnel.isOpen() && !second.tunnel.isOpen());

            assertThat(mesh.open(mesh.target(address)).send("three").end().text())
                    .isEqualTo("three");

            assertThat(mesh.accepted).hasValue(2);
        }
    }

    @Test
    void aConnectionWithATunnelIsNotReleasedHoweverLongThatIsSilent() throws Exception {
        Duration long_ = Duration.ofMinutes(1);
        try (Mesh mesh = new Mesh(
                Mesh.SETTINGS.withTimes(Duration.ofMillis(100), long_, long_, long_, Duration.ofMillis(200)))) {
            HboneServer server = mesh.server(request -> request.accept(Echo::on));
            InetSocketAddress address = mesh.listen(server);
            TunnelClient silent = mesh.open(mesh.target(address));
            WorkloadTls other = Mesh.tls(mesh.ca.issue("shop", "other"));
            mesh.open(mesh.target(other, address, mesh.server.identity())).end().all();
            assertThat(server.connections()).isEqualTo(2);

            await().untilAsserted(() ->
                    assertThat(server.connections()).as("the idle one is gone").isEqualTo(1));

            assertThat(silent.send("still here").end().text()).isEqualTo("still here");
        }
    }

    @Test
    void manyUsersAtOnceShareFewConnectionsAndEachHearsItsOwnEcho() throws Exception {
        int users = 300;
        try (Mesh mesh = new Mesh();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            InetSocketAddress address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));
            List<java.util.concurrent.Future<String>> echoes = new ArrayList<>();
            for (int i = 0; i < users; i++) {
                String own = "user " + i;
                echoes.add(threads.submit(
                        () -> mesh.open(mesh.target(address)).send(own).end().text()));
            }

            for (int i = 0; i < users; i++) {
                assertThat(echoes.get(i).get()).isEqualTo("user " + i);
            }
            assertThat(mesh.accepted.get()).isBetween(1, 3);
        }
    }

    @Test
    void aPoolThatIsClosedTakesNoMore() throws Exception {
        try (Mesh mesh = new Mesh()) {
            InetSocketAddress address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));
            TunnelClient open = mesh.open(mesh.target(address));

            mesh.pool.close();

            await().until(() -> !open.tunnel.isOpen());
            Future<?> refused = mesh.connect(mesh.target(address)).await();
            assertThat(refused.cause())
                    .isInstanceOfSatisfying(
                            HboneException.class, e -> assertThat(e).hasMessage("the pool is closed"));
        }
    }
}
