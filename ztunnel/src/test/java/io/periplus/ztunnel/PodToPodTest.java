package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.authorization.StringMatch;
import io.periplus.wire.workload.TunnelProtocol;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two enrolled pods, {@code cart} and {@code stock}, and one that is not, {@code outside}. */
@Timeout(30)
final class PodToPodTest {
    private static final String VIP = "10.96.0.7";
    private static final int PORT = 8080;

    private final PodNetwork network = new PodNetwork();
    private final TestNode node = new TestNode();
    private PodHost cart;
    private PodHost stock;
    private PodHost outside;
    private PodHost.EchoApp app;

    @BeforeEach
    void pods() throws IOException {
        cart = network.pod("cart", true);
        stock = network.pod("stock", true);
        outside = network.pod("outside", false);
        app = stock.echo(PORT);
        node.enrol(cart);
        node.enrol(stock, "stock");
        node.publish(TestNode.service("stock", VIP, 80, PORT).build());
    }

    @AfterEach
    void close() throws IOException {
        app.close();
        node.close();
        network.close();
    }

    @Test
    void aCallToAPodGoesThroughATunnelAndKeepsTheClientsAddress() throws IOException {
        assertThat(cart.call(stock.address(), PORT, "ahoy")).isEqualTo("ahoy");

        assertThat(app.peers()).containsExactly(cart.address());
        var source = await().until(() -> node.flows.of(Flow.Reporter.SOURCE), ended -> !ended.isEmpty())
                .getFirst();
        assertThat(source.flow().hboneTarget).isEqualTo(stock.address() + ":" + PORT);
        assertThat(source.flow().receivedBytes).isEqualTo(4);
        assertThat(source.flow().sentBytes).isEqualTo(4);
        var destination = await().until(() -> node.flows.of(Flow.Reporter.DESTINATION), ended -> !ended.isEmpty())
                .getFirst();
        assertThat(destination.flow().sourceIdentity).hasToString("spiffe://cluster.local/ns/shop/sa/cart");
        assertThat(destination.error()).isNull();
    }

    @Test
    void aCallToAServiceReachesItsEndpoint() throws IOException {
        assertThat(cart.call(VIP, 80, "by name")).isEqualTo("by name");

        assertThat(app.peers()).containsExactly(cart.address());
    }

    @Test
    void aServiceWithoutEndpointsFailsAndDoesNotPassThrough() throws IOException {
        node.publish(TestNode.service("empty", "10.96.0.8", 80, PORT).build());

        assertThatThrownBy(
                        () -> assertThat(cart.call("10.96.0.8", 80, "anyone?")).isEqualTo("anyone?"))
                .isInstanceOfAny(IOException.class, AssertionError.class);
        TestNode.Flows.Ended refused = node.flows.of(Flow.Reporter.SOURCE).getFirst();
        assertThat(refused.error()).contains("no healthy upstream");
        assertThat(refused.flag()).as("counted as no connection").isNull();
    }

    @Test
    void anAddressTheMeshDoesNotKnowIsPassedThrough() throws IOException {
        try (var stranger = outside.echo(PORT)) {
            assertThat(cart.call(outside.address(), PORT, "hello")).isEqualTo("hello");
            assertThat(stranger.peers()).containsExactly(cart.address());
        }
    }

    @Test
    void aPlaintextClientGetsInWhereNoPolicyForbids() throws IOException {
        assertThat(outside.call(stock.address(), PORT, "in clear")).isEqualTo("in clear");

        assertThat(app.peers()).containsExactly(outside.address());
    }

    @Test
    void aPodMayCallItselfThroughItsService() throws IOException {
        assertThat(stock.call(VIP, 80, "me")).isEqualTo("me");
        assertThat(stock.call(stock.address(), PORT, "myself")).isEqualTo("myself");
    }

    @Test
    void aLargeBodyArrivesWhole() throws Exception {
        byte[] body = new byte[8 << 20];
        new Random(1).nextBytes(body);
        try (Socket socket = cart.connect(VIP, 80)) {
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    socket.getOutputStream().write(body);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            byte[] back = socket.getInputStream().readAllBytes();
            writer.join();

            assertThat(Arrays.equals(back, body)).isTrue();
        }
    }

    @Test
    void denyByIdentityClosesTheConnectionAndOthersPass() throws IOException {
        node.policy(policy("no-cart", Action.DENY, "cluster.local/ns/shop/sa/cart"));

        assertThat(cart.call(stock.address(), PORT, "let me in")).isEmpty();
        assertThat(outside.call(stock.address(), PORT, "me too")).isEqualTo("me too");
        assertThat(app.peers()).containsExactly(outside.address());
        var denied = node.flows.of(Flow.Reporter.DESTINATION).getFirst();
        assertThat(denied.flag()).isEqualTo(ResponseFlag.DENY);
        assertThat(denied.error())
                .isEqualTo("connection closed due to policy rejection: explicitly denied by: shop/no-cart");
    }

    @Test
    void allowByIdentityKeepsPlaintextOut() throws IOException {
        node.policy(policy("cart-only", Action.ALLOW, "cluster.local/ns/shop/sa/cart"));

        assertThat(cart.call(stock.address(), PORT, "let me in")).isEqualTo("let me in");
        assertThatThrownBy(() -> assertThat(outside.call(stock.address(), PORT, "me too"))
                        .isEqualTo("me too"))
                .isInstanceOfAny(IOException.class, AssertionError.class);
        assertThat(app.peers()).containsExactly(cart.address());
    }

    @Test
    void aPolicyChangeCutsOpenConnectionsThatItForbids() throws IOException {
        try (Socket open = cart.connect(stock.address(), PORT);
                Socket plain = outside.connect(stock.address(), PORT)) {
            assertThat(echo(open)).isEqualTo(7);
            assertThat(echo(plain)).isEqualTo(7);

            node.policy(policy("no-cart", Action.DENY, "cluster.local/ns/shop/sa/cart"));

            assertThat(endOf(open)).isTrue();
            assertThat(echo(plain)).isEqualTo(7);
        }
        await().untilAsserted(() -> assertThat(node.connections.size()).isZero());
        assertThat(node.flows.of(Flow.Reporter.DESTINATION))
                .anySatisfy(e -> assertThat(e.error())
                        .isEqualTo("connection closed due to policy change: explicitly denied by: shop/no-cart"));
    }

    @Test
    void aPolicyThatIsNewlyListedCutsOpenConnectionsToo() throws IOException {
        try (Socket open = cart.connect(stock.address(), PORT)) {
            assertThat(echo(open)).isEqualTo(7);
            node.policy(policy("listed", Action.DENY, "cluster.local/ns/shop/sa/cart").toBuilder()
                    .setScope(Scope.WORKLOAD_SELECTOR)
                    .build());
            assertThat(echo(open)).isEqualTo(7);

            node.publish(TestNode.workload(stock, TunnelProtocol.HBONE, "stock")
                    .addAuthorizationPolicies("shop/listed")
                    .build());

            assertThat(endOf(open)).isTrue();
        }
    }

    @Test
    void aPodWhoseRecordComesLateWaitsAndDoesNotRefuse() throws Exception {
        PodHost late = network.pod("late", true);
        node.serve(late);
        var answer = java.util.concurrent.CompletableFuture.supplyAsync(() -> {
            try {
                return late.call(VIP, 80, "early");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(answer).isNotDone();

        node.publish(TestNode.workload(late, TunnelProtocol.HBONE).build());

        assertThat(answer.get()).isEqualTo("early");
    }

    @Test
    void aDeadEndpointIsSkippedBeforeAnyByteIsDelivered() throws IOException {
        PodHost dead = network.pod("dead", true);
        node.publish(TestNode.workload(dead, TunnelProtocol.HBONE, "stock").build());

        for (int i = 0; i < 12; i++) {
            assertThat(cart.call(VIP, 80, "call " + i)).isEqualTo("call " + i);
        }
    }

    @Test
    void anEndpointThatFailedIsCountedApartFromTheOneThatAnswered() throws IOException {
        PodHost dead = network.pod("dead", true);
        node.publish(TestNode.workload(dead, TunnelProtocol.HBONE, "stock").build());

        await().until(() -> {
            assertThat(cart.call(VIP, 80, "counted")).isEqualTo("counted");
            return node.flows.attempts.contains("dead CONNECT");
        });

        assertThat(node.flows.of(Flow.Reporter.SOURCE)).allMatch(ended -> ended.error() == null);
    }

    @Test
    void aWaypointGetsTheOriginalDestinationAsAuthority() throws IOException {
        PodHost waypoint = network.pod("waypoint", true);
        node.enrol(waypoint);
        node.publish(TestNode.service("stock", VIP, 80, PORT)
                .setWaypoint(io.periplus.wire.workload.GatewayAddress.newBuilder()
                        .setAddress(io.periplus.wire.workload.NetworkAddress.newBuilder()
                                .setAddress(TestNode.workload(waypoint, TunnelProtocol.HBONE)
                                        .getAddresses(0)))
                        .setHboneMtlsPort(15008))
                .build());

        // The waypoint of this test is a ztunnel, which refuses to stand in for a VIP that has no endpoint there.
        cart.call(VIP, 80, "via waypoint");

        var source = await().until(() -> node.flows.of(Flow.Reporter.SOURCE), ended -> !ended.isEmpty())
                .getFirst();
        assertThat(source.flow().hboneTarget).isEqualTo(VIP + ":80");
        assertThat(source.flow().destinationWorkload.getName()).isEqualTo("waypoint");
        assertThat(source.flow().service.getName()).isEqualTo("stock");
        assertThat(app.peers()).isEmpty();
    }

    @Test
    void aClientWaitsAMomentForAWaypointThatIsAway() throws Exception {
        PodHost waypoint = network.pod("waypoint", true);
        var bound = TestNode.service("stock", VIP, 80, PORT)
                .setWaypoint(io.periplus.wire.workload.GatewayAddress.newBuilder()
                        .setAddress(io.periplus.wire.workload.NetworkAddress.newBuilder()
                                .setAddress(TestNode.workload(waypoint, TunnelProtocol.HBONE)
                                        .getAddresses(0)))
                        .setHboneMtlsPort(15008));
        node.publish(bound.build());
        var answer = java.util.concurrent.CompletableFuture.supplyAsync(() -> {
            try {
                return cart.call(VIP, 80, "patient");
            } catch (IOException e) {
                return e.toString();
            }
        });
        await().pollDelay(java.time.Duration.ofMillis(300)).until(() -> !answer.isDone());

        node.publish(bound.clearWaypoint().build());

        assertThat(answer.get()).isEqualTo("patient");
    }

    @Test
    void aPodThatIsTakenAwayFinishesWhatItHasAndTakesNoMore() throws IOException {
        try (Socket open = cart.connect(VIP, 80)) {
            assertThat(echo(open)).isEqualTo(7);

            node.pods.delete(TestNode.uid(cart));

            assertThat(node.pods.active()).containsOnlyKeys(TestNode.uid(stock));
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> cart.connect(VIP, 80).close()).isInstanceOf(IOException.class));
            assertThat(echo(open)).isEqualTo(7);
        }
        node.serve(cart);
        assertThat(cart.call(VIP, 80, "again")).isEqualTo("again");
    }

    @Test
    void drainingRefusesNewConnectionsAndKeepsOpenOnes() throws IOException {
        try (Socket open = cart.connect(stock.address(), PORT)) {
            assertThat(echo(open)).isEqualTo(7);

            Thread drain = Thread.ofVirtual().start(() -> node.pods.drain(java.time.Duration.ofSeconds(5)));

            await().untilAsserted(() -> assertThatThrownBy(
                            () -> cart.connect(stock.address(), PORT).close())
                    .isInstanceOf(IOException.class));
            assertThat(echo(open)).isEqualTo(7);
            open.close();
            await().untilAsserted(() -> assertThat(drain.isAlive()).isFalse());
        }
    }

    private static int echo(Socket socket) throws IOException {
        socket.getOutputStream().write(7);
        return socket.getInputStream().read();
    }

    private static boolean endOf(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    private static Authorization policy(String name, Action action, String principal) {
        return Authorization.newBuilder()
                .setNamespace(TestNode.NAMESPACE)
                .setName(name)
                .setScope(Scope.NAMESPACE)
                .setAction(action)
                .addGroups(Group.newBuilder()
                        .addRules(Rules.newBuilder()
                                .addMatches(Match.newBuilder()
                                        .addPrincipals(StringMatch.newBuilder().setExact(principal)))))
                .build();
    }
}
