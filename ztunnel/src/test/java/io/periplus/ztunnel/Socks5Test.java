package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.ztunnel.dns.DnsSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Applications of the pod {@code cart} that ask for connections by SOCKS5. */
@Timeout(30)
final class Socks5Test {
    private static final String VIP = "10.96.0.7";
    private static final int PORT = 8080;
    private static final byte[] HELLO = {5, 1, 0};

    private final PodNetwork network = new PodNetwork();
    private TestNode node;
    private NameServer names;
    private PodHost cart;
    private PodHost stock;
    private PodHost outside;
    private PodHost.EchoApp app;

    @BeforeEach
    void pods() throws IOException {
        outside = network.pod("outside", false);
        names = NameServer.onLoopback(outside.address());
        DnsSettings dns = new DnsSettings(false, List.of(), List.of(names.address()), "cluster.local", "", true);
        node = new TestNode(TestNode.Setting.ofNetwork("", null)
                .with(dns)
                .with(new Features(true, true, true, true, Features.OriginalSource.IF_POSSIBLE, true, true)));
        cart = network.pod("cart", true);
        stock = network.pod("stock", true);
        app = stock.echo(PORT);
        node.enrol(cart);
        node.enrol(stock, "stock");
        node.publish(TestNode.service("stock", VIP, 80, PORT).build());
    }

    @AfterEach
    void close() throws IOException {
        app.close();
        node.close();
        names.close();
        network.close();
    }

    private Socket socks() throws IOException {
        return cart.connect("127.0.0.1", ProxyPorts.SOCKS5);
    }

    private static byte[] request(byte[] address, int type, int port) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {5, 1, 0, (byte) type});
        out.writeBytes(address);
        out.writeBytes(new byte[] {(byte) (port >> 8), (byte) port});
        return out.toByteArray();
    }

    private static byte[] byAddress(String address, int port) throws IOException {
        byte[] raw = InetAddress.ofLiteral(address).getAddress();
        return request(raw, raw.length == 4 ? 1 : 4, port);
    }

    private static byte[] byName(String name, int port) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(text.length);
        out.writeBytes(text);
        return request(out.toByteArray(), 3, port);
    }

    /** What is said to a request, and what comes back behind it. */
    private String ask(byte[] request, String text) throws IOException {
        try (Socket socket = socks()) {
            socket.getOutputStream().write(HELLO);
            assertThat(socket.getInputStream().readNBytes(2)).containsExactly(5, 0);
            socket.getOutputStream().write(request);
            byte[] reply = socket.getInputStream().readNBytes(10);
            assertThat(reply[0]).isEqualTo((byte) 5);
            if (reply[1] != 0) {
                assertThat(socket.getInputStream().read()).isNegative();
                return "refused " + reply[1];
            }
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void addressesOfBothFamiliesAndNamesOfTheMeshGoThroughTheMesh() throws IOException {
        assertThat(ask(byAddress(stock.address(), PORT), "pod")).isEqualTo("pod");
        assertThat(ask(byAddress(stock.address6(), PORT), "six")).isEqualTo("six");
        assertThat(ask(byAddress(VIP, 80), "service")).isEqualTo("service");
        for (String name : List.of("stock", "stock.shop", "STOCK.shop.svc.cluster.local.", stock.address())) {
            assertThat(ask(byName(name, name.equals(stock.address()) ? PORT : 80), "name"))
                    .as(name)
                    .isEqualTo("name");
        }
        await().untilAsserted(() -> assertThat(node.flows.of(Flow.Reporter.SOURCE))
                .hasSize(7)
                .allMatch(ended -> ended.error() == null && ended.flow().hboneTarget != null));
    }

    @Test
    void otherNamesAreLookedUpAndPassThrough() throws IOException {
        try (PodHost.EchoApp stranger = outside.echo(PORT)) {
            assertThat(ask(byName("known.example", PORT), "in clear")).isEqualTo("in clear");
            assertThat(stranger.peers()).containsExactly(cart.address());
        }
    }

    @Test
    void whatCannotBeReachedIsRefusedInSocksAndNotJustCutOff() throws IOException {
        assertThat(ask(byAddress(VIP, 81), "")).isEqualTo("refused 1");
        assertThat(ask(byName("nobody.example", 80), "")).isEqualTo("refused 4");
        assertThat(ask(byName("no name", 80), "")).isEqualTo("refused 1");
        assertThat(ask(byAddress("127.0.0.1", ProxyPorts.SOCKS5), "a loop")).isEqualTo("refused 1");
        byte[] bind = byAddress(VIP, 80);
        bind[1] = 2;
        assertThat(ask(bind, "")).isEqualTo("refused 7");
        assertThat(ask(request(new byte[4], 9, 80), "")).isEqualTo("refused 8");
    }

    @Test
    void whatIsSentBeforeTheAnswerIsNotLostHoweverItIsCut() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(HELLO);
        all.writeBytes(byName("stock", 80));
        all.writeBytes("eager".getBytes(StandardCharsets.US_ASCII));
        for (int piece : new int[] {all.size(), 1, 4}) {
            try (Socket socket = socks()) {
                byte[] bytes = all.toByteArray();
                for (int at = 0; at < bytes.length; at += piece) {
                    socket.getOutputStream().write(bytes, at, Math.min(piece, bytes.length - at));
                }
                socket.shutdownOutput();
                byte[] back = socket.getInputStream().readAllBytes();
                assertThat(new String(back, 12, back.length - 12, StandardCharsets.US_ASCII))
                        .isEqualTo("eager");
            }
        }
    }

    @Test
    void whoWantsToAuthenticateOrSpeaksSomethingElseIsTurnedAway() throws IOException {
        try (Socket socket = socks()) {
            socket.getOutputStream().write(new byte[] {5, 1, 2});
            assertThat(socket.getInputStream().readAllBytes()).containsExactly(5, 0xff);
        }
        try (Socket socket = socks()) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(endOf(socket)).isTrue();
        }
        assertThat(node.flows.ended).isEmpty();
    }

    @Test
    void nobodyFromOutsideThePodMayAsk() throws IOException {
        try (Socket socket = outside.connect(cart.address(), ProxyPorts.SOCKS5)) {
            socket.getOutputStream().write(HELLO);
            assertThat(endOf(socket)).isTrue();
        }
        assertThat(node.flows.of(Flow.Reporter.DESTINATION).getFirst().error()).contains("would loop");
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
}
