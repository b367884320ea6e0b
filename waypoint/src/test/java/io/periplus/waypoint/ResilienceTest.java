package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import com.sun.net.httpserver.HttpServer;
import io.periplus.wire.waypoint.BackendLoadBalancing;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.ConnectionPool;
import io.periplus.wire.waypoint.ConsistentHash;
import io.periplus.wire.waypoint.HashCookie;
import io.periplus.wire.waypoint.OutlierDetection;
import io.periplus.wire.waypoint.PortTrafficPolicy;
import io.periplus.wire.waypoint.TrafficPolicy;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.TunnelProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies for backends, with real endpoints that fail, hang and are slow. */
class ResilienceTest {
    private Rig rig;

    @BeforeEach
    void start() {
        rig = new Rig();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void policy(TrafficPolicy.Builder policy) {
        rig.backendPolicy(BackendPolicy.newBuilder().setAllPorts(policy).build());
    }

    private static Duration millis(long millis) {
        return Duration.newBuilder()
                .setSeconds(millis / 1000)
                .setNanos((int) (millis % 1000) * 1_000_000)
                .build();
    }

    private RawClient client() throws IOException {
        return new RawClient(rig.client(Rig.FINANCE));
    }

    // ---- outlier detection

    @Test
    void anEndpointThatFailsIsEjectedAndComesBack() throws Exception {
        try (Application good = new Application("127.0.1.1", 0, "good");
                FailingApplication bad = new FailingApplication("127.0.1.2", good.port());
                RawClient client = client()) {
            rig.service(AppProtocol.HTTP11, good.port(), "127.0.1.1", "127.0.1.2");
            policy(TrafficPolicy.newBuilder()
                    .setOutlierDetection(OutlierDetection.newBuilder()
                            .setConsecutive5XxErrors(3)
                            .setBaseEjectionTime(millis(1500))
                            .setMaxEjectionPercent(100)));
            await().until(() -> {
                client.get("/");
                return bad.requests.get() == 3;
            });
            for (int i = 0; i < 30; i++) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
            assertThat(bad.requests).hasValue(3);
            assertThat(rig.waypoint.clusters())
                    .contains(
                            "inbound-vip|8080||" + Rig.HOSTNAME + "::127.0.1.1:" + good.port()
                                    + "::health_flags::healthy\n",
                            "::127.0.1.2:" + good.port() + "::rq_total::3\n",
                            "::127.0.1.2:" + good.port() + "::health_flags::/failed_outlier_check\n");
            await().until(() -> {
                client.get("/");
                return bad.requests.get() > 3;
            });
        }
    }

    @Test
    void withEveryEndpointEjectedThereIsNone() throws Exception {
        try (FailingApplication bad = new FailingApplication("127.0.1.1", 0);
                RawClient client = client()) {
            rig.service(AppProtocol.HTTP11, bad.port(), "127.0.1.1");
            policy(TrafficPolicy.newBuilder()
                    .setOutlierDetection(OutlierDetection.newBuilder().setConsecutiveGatewayErrors(2)));
            assertThat(client.get("/").status()).isEqualTo(503);
            assertThat(client.get("/").status()).isEqualTo(503);
            assertThat(client.get("/").body()).isEqualTo("no healthy upstream");
        }
    }

    @Test
    void withTooFewHealthyEndpointsAllAreUsed() throws Exception {
        try (FailingApplication bad = new FailingApplication("127.0.1.1", 0);
                RawClient client = client()) {
            rig.service(AppProtocol.HTTP11, bad.port(), "127.0.1.1");
            policy(TrafficPolicy.newBuilder()
                    .setOutlierDetection(OutlierDetection.newBuilder()
                            .setConsecutive5XxErrors(2)
                            .setMinHealthPercent(50)));
            for (int i = 0; i < 6; i++) {
                client.get("/");
            }
            assertThat(bad.requests).hasValue(6);
        }
    }

    @Test
    void anEndpointThatCannotBeReachedIsEjectedToo() throws Exception {
        try (Application good = new Application("127.0.1.1", 0, "good");
                RawClient client = client()) {
            rig.service(AppProtocol.HTTP11, good.port(), "127.0.1.1", "127.0.1.2");
            policy(TrafficPolicy.newBuilder()
                    .setOutlierDetection(OutlierDetection.newBuilder()
                            .setConsecutive5XxErrors(1)
                            .setMaxEjectionPercent(100)));
            for (int i = 0; i < 30; i++) {
                assertThat(client.get("/").body()).isEqualTo("good");
            }
            // Each attempt opened a tunnel: those to the good one are kept.
            assertThat(rig.tunnelsToEndpoints.get()).isLessThan(5);
        }
    }

    // ---- circuit breaking and queues

    @Test
    void requestsBeyondTheQueueOverflow() throws Exception {
        try (SlowApplication slow = new SlowApplication("127.0.1.1")) {
            rig.service(AppProtocol.HTTP11, slow.port(), "127.0.1.1");
            policy(TrafficPolicy.newBuilder()
                    .setConnectionPool(
                            ConnectionPool.newBuilder().setMaxConnections(1).setHttp1MaxPendingRequests(1)));
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                clients.add(client().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
                int begun = i + 1;
                await().until(() -> rig.waypoint.requestsInProgress() == begun);
                // Until its connection stands, the first one waits too.
                slow.awaitRequest();
            }
            try (RawClient third = client()) {
                RawClient.Answer answer = third.get("/");
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.header("x-envoy-overloaded")).isEqualTo("true");
                assertThat(answer.body()).endsWith("reset reason: overflow");
            }
            slow.go();
            for (RawClient client : clients) {
                assertThat(client.answer().status()).isEqualTo(200);
                client.close();
            }
            assertThat(slow.connections()).isEqualTo(1);
        }
    }

    @Test
    void requestsInProgressAreLimited() throws Exception {
        try (SlowApplication slow = new SlowApplication("127.0.1.1");
                RawClient first = client();
                RawClient second = client()) {
            rig.service(AppProtocol.HTTP11, slow.port(), "127.0.1.1");
            policy(TrafficPolicy.newBuilder()
                    .setConnectionPool(ConnectionPool.newBuilder().setHttp2MaxRequests(1)));
            first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            slow.awaitRequest();
            RawClient.Answer answer = second.get("/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("x-envoy-overloaded")).isEqualTo("true");
            slow.go();
            assertThat(first.answer().status()).isEqualTo(200);
            assertThat(second.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void withOneConnectionRequestsTakeTurns() throws Exception {
        try (SlowApplication slow = new SlowApplication("127.0.1.1")) {
            rig.service(AppProtocol.HTTP11, slow.port(), "127.0.1.1");
            policy(TrafficPolicy.newBuilder()
                    .setConnectionPool(ConnectionPool.newBuilder().setMaxConnections(1)));
            slow.go();
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                clients.add(client().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
            }
            for (RawClient client : clients) {
                assertThat(client.answer().status()).isEqualTo(200);
                client.close();
            }
            assertThat(slow.connections()).isEqualTo(1);
        }
    }

    @Test
    void portSettingsReplaceThoseForAllPorts() throws Exception {
        try (SlowApplication slow = new SlowApplication("127.0.1.1");
                RawClient first = client();
                RawClient second = client()) {
            rig.service(AppProtocol.HTTP11, slow.port(), "127.0.1.1");
            ConnectionPool none =
                    ConnectionPool.newBuilder().setHttp2MaxRequests(1).build();
            rig.backendPolicy(BackendPolicy.newBuilder()
                    .setAllPorts(TrafficPolicy.newBuilder().setConnectionPool(none))
                    .addPorts(
                            PortTrafficPolicy.newBuilder().setPort(8080).setPolicy(TrafficPolicy.getDefaultInstance()))
                    .build());
            first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            slow.awaitRequest();
            slow.go();
            assertThat(second.get("/").status()).isEqualTo(200);
            assertThat(first.answer().status()).isEqualTo(200);
        }
    }

    // ---- connections

    @Test
    void aConnectionServesAsManyRequestsAsItMay() throws Exception {
        try (SlowApplication quick = new SlowApplication("127.0.1.1");
                RawClient client = client()) {
            quick.go();
            rig.service(AppProtocol.HTTP11, quick.port(), "127.0.1.1");
            policy(TrafficPolicy.newBuilder()
                    .setConnectionPool(ConnectionPool.newBuilder().setMaxRequestsPerConnection(2)));
            for (int i = 0; i < 6; i++) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
            assertThat(quick.connections()).isEqualTo(3);
        }
    }

    @Test
    void anIdleConnectionEnds() throws Exception {
        try (SlowApplication quick = new SlowApplication("127.0.1.1");
                RawClient client = client()) {
            quick.go();
            rig.service(AppProtocol.HTTP11, quick.port(), "127.0.1.1");
            policy(TrafficPolicy.newBuilder()
                    .setConnectionPool(ConnectionPool.newBuilder().setHttpIdleTimeout(millis(200))));
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(quick.ended.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void anEndpointThatHangsInConnectIsLeftForAnother() throws Exception {
        try (ServerSocket hanging = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.1.2"));
                Socket _ = filling(hanging);
                Socket _ = filling(hanging);
                Application good = new Application("127.0.1.1", hanging.getLocalPort(), "good");
                RawClient client = client()) {
            rig.service(AppProtocol.HTTP11, good.port(), TunnelProtocol.NONE, "127.0.1.1", "127.0.1.2");
            policy(TrafficPolicy.newBuilder()
                    .setConnectionPool(ConnectionPool.newBuilder().setConnectTimeout(millis(100))));
            for (int i = 0; i < 8; i++) {
                assertThat(client.get("/").body()).isEqualTo("good");
            }
        }
    }

    /** One of the connections that a listener keeps for accept; further ones get no answer. */
    private static Socket filling(ServerSocket listener) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()));
        return socket;
    }

    @Test
    void aHostNameIsResolvedWithoutKeepingAnyoneWaiting() throws Exception {
        try (Application application = new Application("127.0.0.1", 0, "resolved");
                RawClient client = client()) {
            rig.service(AppProtocol.HTTP11, application.port());
            rig.namedWorkload("localhost", application.port());
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/").body()).isEqualTo("resolved");
            }
        }
    }

    @Test
    void aHostNameThatCannotBeResolvedIsNamed() throws Exception {
        try (RawClient client = client()) {
            rig.service(AppProtocol.HTTP11, 80);
            rig.namedWorkload("nowhere.invalid", 80);
            RawClient.Answer answer = client.get("/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("cannot resolve nowhere.invalid");
        }
    }

    @Test
    void aServiceThatPassesThroughLeadsToTheAddressThatWasUsed() throws Exception {
        try (Application application = new Application("127.0.1.9", 0, "there")) {
            rig.passthrough("127.0.1.9", application.port());
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE, "127.0.1.9:" + application.port()))) {
                assertThat(client.get("/").body()).isEqualTo("there");
            }
        }
    }

    @Test
    void tcpConnectionsAreLimitedAndEndWhenIdle() throws Exception {
        try (SlowApplication application = new SlowApplication("127.0.1.1");
                RawClient first = client()) {
            application.go();
            rig.service(AppProtocol.TCP, application.port(), "127.0.1.1");
            policy(TrafficPolicy.newBuilder()
                    .setConnectionPool(
                            ConnectionPool.newBuilder().setMaxConnections(1).setTcpIdleTimeout(millis(500))));
            assertThat(first.get("/").status()).isEqualTo(200);
            try (RawClient second = client()) {
                second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(second.ended()).isTrue();
            }
            assertThat(first.ended()).isTrue();
        }
    }

    // ---- stickiness

    @Test
    void clientsOfOneKeyGoToOneEndpoint() throws Exception {
        try (Application one = new Application("127.0.1.1", 0, "one");
                Application two = new Application("127.0.1.2", one.port(), "two");
                RawClient client = client()) {
            rig.service(AppProtocol.HTTP11, one.port(), "127.0.1.1", "127.0.1.2");
            policy(hashing(ConsistentHash.newBuilder().setHeader("X-User")));
            Set<String> all = new HashSet<>();
            for (int user = 0; user < 20; user++) {
                Set<String> answers = new HashSet<>();
                for (int i = 0; i < 3; i++) {
                    answers.add(client.send("GET / HTTP/1.1\r\nHost: a\r\nX-User: user-" + user + "\r\n\r\n")
                            .answer()
                            .body());
                }
                assertThat(answers).hasSize(1);
                all.addAll(answers);
            }
            assertThat(all).containsExactlyInAnyOrder("one", "two");
            assertThat(two.requests.get() + one.requests.get()).isEqualTo(60);
        }
    }

    private static TrafficPolicy.Builder hashing(ConsistentHash.Builder hash) {
        return TrafficPolicy.newBuilder()
                .setLoadBalancing(BackendLoadBalancing.newBuilder()
                        .setAlgorithm(BackendLoadBalancing.Algorithm.CONSISTENT_HASH)
                        .setConsistentHash(hash));
    }

    @Test
    void aClientWithoutTheCookieIsGivenOneThatLeadsBack() throws Exception {
        try (Application one = new Application("127.0.1.1", 0, "one");
                Application two = new Application("127.0.1.2", one.port(), "two");
                RawClient client = client()) {
            rig.service(AppProtocol.HTTP11, one.port(), "127.0.1.1", "127.0.1.2");
            policy(hashing(ConsistentHash.newBuilder()
                    .setRing(ConsistentHash.Ring.MAGLEV)
                    .setCookie(HashCookie.newBuilder()
                            .setName("session")
                            .setPath("/")
                            .setTtl(Duration.newBuilder().setSeconds(60)))));
            RawClient.Answer first = client.get("/");
            String made = first.header("set-cookie");
            assertThat(made).matches("session=[0-9a-f]{16}; Max-Age=60; Path=/; HttpOnly");
            String cookie = made.substring(0, made.indexOf(';'));
            for (int i = 0; i < 10; i++) {
                RawClient.Answer answer = client.send(
                                "GET / HTTP/1.1\r\nHost: a\r\nCookie: x=y; " + cookie + "\r\n\r\n")
                        .answer();
                assertThat(answer.body()).isEqualTo(first.body());
                assertThat(answer.header("set-cookie")).isEmpty();
            }
            assertThat(two.requests.get() + one.requests.get()).isEqualTo(11);
        }
    }

    @Test
    void aNewPolicyTakesOverBetweenRequests() throws Exception {
        try (Application one = new Application("127.0.1.1", 0, "one");
                RawClient client = client()) {
            rig.service(AppProtocol.HTTP11, one.port(), "127.0.1.1");
            for (int max = 1; max < 20; max++) {
                policy(TrafficPolicy.newBuilder()
                        .setConnectionPool(ConnectionPool.newBuilder().setMaxConnections(max)));
                assertThat(client.get("/").body()).isEqualTo("one");
            }
        }
        await().until(() -> rig.waypoint.requestsInProgress() == 0);
    }

    /** What an application that is held back looks like: it answers once it may. */
    private static final class SlowApplication implements AutoCloseable {
        final CountDownLatch ended = new CountDownLatch(1);
        private final ServerSocket listener;
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch gate = new CountDownLatch(1);
        private final List<Socket> accepted = new CopyOnWriteArrayList<>();

        SlowApplication(String podAddress) throws IOException {
            listener = new ServerSocket(0, 16, InetAddress.ofLiteral(podAddress));
            Thread.startVirtualThread(this::accept);
        }

        private void accept() {
            while (!listener.isClosed()) {
                try {
                    Socket connection = listener.accept();
                    accepted.add(connection);
                    Thread.startVirtualThread(() -> serve(connection));
                } catch (IOException _) {
                    return;
                }
            }
        }

        private void serve(Socket connection) {
            try (connection) {
                int newlines = 0;
                int c;
                while ((c = connection.getInputStream().read()) >= 0) {
                    newlines = c == '\n' ? newlines + 1 : c == '\r' ? newlines : 0;
                    if (newlines == 2) {
                        asked.countDown();
                        gate.await();
                        connection
                                .getOutputStream()
                                .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                                        .getBytes(StandardCharsets.US_ASCII));
                    }
                }
            } catch (IOException | InterruptedException _) {
                // The other side has had enough.
            }
            ended.countDown();
        }

        int port() {
            return listener.getLocalPort();
        }

        int connections() {
            return accepted.size();
        }

        void awaitRequest() throws InterruptedException {
            assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
        }

        void go() {
            gate.countDown();
        }

        @Override
        public void close() throws IOException {
            go();
            listener.close();
            for (Socket socket : accepted) {
                socket.close();
            }
        }
    }

    /** Answers everything with 503. */
    private static final class FailingApplication implements AutoCloseable {
        final AtomicInteger requests = new AtomicInteger();
        private final HttpServer server;

        FailingApplication(String podAddress, int port) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral(podAddress), port), 16);
            server.createContext("/", exchange -> {
                requests.incrementAndGet();
                exchange.sendResponseHeaders(503, -1);
                exchange.close();
            });
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
