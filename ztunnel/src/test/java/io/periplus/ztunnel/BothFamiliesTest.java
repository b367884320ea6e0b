package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.wire.workload.ApplicationTunnel;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods with addresses of both families: {@code cart} and {@code stock} enrolled, {@code outside} not. */
@Timeout(30)
final class BothFamiliesTest {
    private static final String VIP = "10.96.0.7";
    private static final String VIP6 = "fd96::7";
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
        node.publish(service().build());
    }

    private static Service.Builder service() {
        return TestNode.service("stock", VIP, 80, PORT)
                .addAddresses(NetworkAddress.newBuilder().setAddress(TestNode.bytes(VIP6)));
    }

    @AfterEach
    void close() throws IOException {
        app.close();
        node.close();
        network.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTunnelKeepsTheFamilyAndTheClientsAddress(boolean ipv6) throws IOException {
        assertThat(cart.call(ipv6 ? VIP6 : VIP, 80, "service")).isEqualTo("service");
        assertThat(cart.call(ipv6 ? stock.address6() : stock.address(), PORT, "pod"))
                .isEqualTo("pod");

        assertThat(app.peers()).allMatch(peer -> peer.equals(full(ipv6 ? cart.address6() : cart.address())));
        var source = await().until(() -> node.flows.of(Flow.Reporter.SOURCE), ended -> ended.size() == 2)
                .getFirst();
        assertThat(source.error()).isNull();
        assertThat(source.flow().hboneTarget)
                .isEqualTo(ipv6 ? "[" + stock.address6() + "]:8080" : stock.address() + ":8080");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void plaintextFromOutsideKeepsTheClientsAddress(boolean ipv6) throws IOException {
        assertThat(outside.call(ipv6 ? stock.address6() : stock.address(), PORT, "plain"))
                .isEqualTo("plain");

        assertThat(app.peers()).containsExactly(full(ipv6 ? outside.address6() : outside.address()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheMeshDoesNotKnowIsPassedOn(boolean ipv6) throws IOException {
        try (PodHost.EchoApp foreign = outside.echo(PORT)) {
            assertThat(cart.call(ipv6 ? outside.address6() : outside.address(), PORT, "out"))
                    .isEqualTo("out");
            assertThat(foreign.peers()).containsExactly(full(ipv6 ? cart.address6() : cart.address()));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPodMayCallItselfByItsAddressAndByItsService(boolean ipv6) throws IOException {
        assertThat(stock.call(ipv6 ? stock.address6() : stock.address(), PORT, "self"))
                .isEqualTo("self");
        assertThat(stock.call(ipv6 ? VIP6 : VIP, 80, "by service")).isEqualTo("by service");
    }

    @Test
    void aServiceOfOneFamilyIsReachedInThatFamilyWhateverWasAsked() throws IOException {
        node.publish(service()
                .setIpFamilies(io.periplus.wire.workload.IPFamilies.IPV6_ONLY)
                .build());

        assertThat(cart.call(VIP, 80, "six")).isEqualTo("six");

        assertThat(app.peers()).hasSize(1);
        var source = await().until(() -> node.flows.of(Flow.Reporter.SOURCE), ended -> !ended.isEmpty())
                .getFirst();
        assertThat(source.flow().hboneTarget).isEqualTo("[" + stock.address6() + "]:8080");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anApplicationThatWantsProxyProtocolIsToldWhoCalls(boolean ipv6) throws IOException {
        node.publish(TestNode.workload(stock, TunnelProtocol.HBONE, "stock")
                .setApplicationTunnel(ApplicationTunnel.newBuilder()
                        .setProtocol(ApplicationTunnel.Protocol.PROXY)
                        .setPort(PORT))
                .build());

        // An echo server sends the header back before what was said.
        byte[] echoed = cart.callForBytes(ipv6 ? stock.address6() : stock.address(), 7777, "hello");

        String identity = "spiffe://cluster.local/ns/shop/sa/cart";
        int addresses = ipv6 ? 36 : 12;
        assertThat(new String(echoed, 0, 12, StandardCharsets.ISO_8859_1)).isEqualTo("\r\n\r\n\0\r\nQUIT\n");
        assertThat(echoed[12]).isEqualTo((byte) 0x21);
        assertThat(echoed[13]).isEqualTo((byte) (ipv6 ? 0x21 : 0x11));
        assertThat(echoed[15]).isEqualTo((byte) (addresses + 3 + identity.length()));
        int ports = 16 + addresses - 4;
        assertThat((echoed[ports + 2] & 0xff) << 8 | echoed[ports + 3] & 0xff).isEqualTo(7777);
        assertThat(new String(echoed, 16 + addresses + 3, identity.length(), StandardCharsets.US_ASCII))
                .isEqualTo(identity);
        assertThat(new String(echoed, 16 + addresses + 3 + identity.length(), 5, StandardCharsets.US_ASCII))
                .isEqualTo("hello");
        assertThat(app.peers()).containsExactly(full(ipv6 ? "::1" : "127.0.0.1"));
    }

    /** As the JDK writes addresses. */
    private static String full(String address) {
        return java.net.InetAddress.ofLiteral(address).getHostAddress();
    }
}
