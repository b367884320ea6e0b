package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakDetector;
import io.periplus.wire.workload.AppProtocol;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** HTTP/1.1 through the waypoint, over a tunnel on either side. */
class Http1Test {
    private static final long MANY_BYTES = 64L << 20;
    private static Rig rig;
    private static Application application;
    private static InetSocketAddress finance;
    private static HttpClient java;

    @BeforeAll
    static void start() {
        rig = new Rig();
        application = new Application("127.0.1.1", 0, "accounts-cluster-1");
        rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
        finance = rig.client(Rig.FINANCE);
        java = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        java.close();
        application.close();
        rig.close();
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + finance.getPort() + path);
    }

    private static String ask(String request) throws Exception {
        try (RawClient client = new RawClient(finance)) {
            return client.send(request).answer().body();
        }
    }

    @Test
    void aRequestReachesTheApplicationInTheWaypointsName() throws Exception {
        try (RawClient client = new RawClient(finance)) {
            RawClient.Answer answer = client.get("/");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("accounts-cluster-1");
            assertThat(answer.header("server")).isEqualTo("istio-envoy");
            assertThat(answer.header("x-envoy-upstream-service-time")).matches("\\d+");
            assertThat(rig.seenByEndpoints).containsExactly(Rig.WAYPOINT);
        }
    }

    @Test
    void oneConnectionCarriesManyRequests() throws Exception {
        int before = rig.tunnelsToEndpoints.get();
        try (RawClient client = new RawClient(finance)) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.get("/").body()).isEqualTo("accounts-cluster-1");
            }
        }
        assertThat(rig.tunnelsToEndpoints.get() - before).isLessThanOrEqualTo(1);
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (RawClient client = new RawClient(finance)) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                requests.append("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
                        .append(100 + i);
            }
            client.send(requests.toString());
            for (int i = 0; i < 200; i++) {
                assertThat(client.answer().body()).isEqualTo(Integer.toString(100 + i));
            }
        }
    }

    @Test
    void theApplicationSeesWhatAWaypointAddsAndRemoves() throws Exception {
        String seen = ask("""
                GET /headers HTTP/1.1\r
                Host: accounts:8080\r
                X-Forwarded-Client-Cert: By=spiffe://forged\r
                Connection: close, X-Hop\r
                X-Hop: 1\r
                Keep-Alive: timeout=5\r
                X-Kept: 2\r
                \r
                """);
        assertThat(seen)
                .contains("host: accounts:8080\n", "x-kept: 2\n", "x-forwarded-proto: http\n")
                .containsPattern("x-request-id: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n")
                .doesNotContain("x-forwarded-client-cert", "x-hop", "keep-alive", "x-forwarded-for");
    }

    @Test
    void aRequestIdOfTheClientIsKept() throws Exception {
        assertThat(ask("GET /headers HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\n\r\n"))
                .contains("x-request-id: mine\n");
    }

    @Test
    void thePathIsNormalised() throws Exception {
        assertThat(ask("GET /x/%2e%2e/hea%64ers/./y/..\\?q=/../%41 HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("/headers/?q=/../%41\n");
    }

    @Test
    void aChunkedBodyGoesThroughInChunks() throws Exception {
        assertThat(
                        ask(
                                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\n\r\n"))
                .isEqualTo("hello, world");
    }

    @Test
    void anAnswerToHeadHasNoBodyAndTheConnectionGoesOn() throws Exception {
        try (RawClient client = new RawClient(finance)) {
            RawClient.Answer head =
                    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").answer(true);
            assertThat(head.status()).isEqualTo(200);
            assertThat(client.get("/").body()).isEqualTo("accounts-cluster-1");
        }
    }

    @Test
    void answersWithoutContentKeepTheConnectionInStep() throws Exception {
        try (RawClient client = new RawClient(finance)) {
            assertThat(client.get("/status/204").status()).isEqualTo(204);
            assertThat(client.get("/status/304").status()).isEqualTo(304);
            assertThat(client.get("/status/500").status()).isEqualTo(500);
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void expectContinueIsForwardedBothWays() throws Exception {
        try (RawClient client = new RawClient(finance)) {
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 100 ");
            assertThat(client.send("hello").answer().body()).isEqualTo("hello");
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void largeBodiesStreamBothWaysInBoundedMemory() throws Exception {
        // Recording every touch of every buffer would take most of this test's time.
        ResourceLeakDetector.Level careful = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        long directBefore = io.netty.util.internal.PlatformDependent.usedDirectMemory();
        HttpRequest upload = HttpRequest.newBuilder(uri("/count"))
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new Zeros(MANY_BYTES)))
                .build();
        assertThat(java.send(upload, HttpResponse.BodyHandlers.ofString()).body())
                .isEqualTo(Long.toString(MANY_BYTES));
        HttpRequest download =
                HttpRequest.newBuilder(uri("/stream?bytes=" + MANY_BYTES)).build();
        long got = 0;
        try (InputStream in =
                java.send(download, HttpResponse.BodyHandlers.ofInputStream()).body()) {
            byte[] piece = new byte[1 << 16];
            int read;
            while ((read = in.read(piece)) >= 0) {
                got += read;
            }
        }
        assertThat(got).isEqualTo(MANY_BYTES);
        assertThat(io.netty.util.internal.PlatformDependent.usedDirectMemory() - directBefore)
                .isLessThan(MANY_BYTES / 2);
        ResourceLeakDetector.setLevel(careful);
    }

    @Test
    void aClientThatDoesNotReadStopsTheApplication() throws Exception {
        long directBefore = io.netty.util.internal.PlatformDependent.usedDirectMemory();
        try (RawClient client = new RawClient(finance)) {
            client.send("GET /stream?bytes=" + (1L << 30) + " HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            try (RawClient other = new RawClient(finance)) {
                for (int i = 0; i < 50; i++) {
                    assertThat(other.get("/").status()).isEqualTo(200);
                }
            }
            assertThat(io.netty.util.internal.PlatformDependent.usedDirectMemory() - directBefore)
                    .isLessThan(64L << 20);
        }
    }

    @Test
    void theJdksClientThatOffersHttp2ByUpgradeIsServed() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(java.sendAsync(HttpRequest.newBuilder(uri("/")).build(), HttpResponse.BodyHandlers.ofString()));
        }
        for (var answer : answers) {
            assertThat(answer.get().body()).isEqualTo("accounts-cluster-1");
            assertThat(answer.get().version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        }
    }

    /** So many zero bytes. */
    private static final class Zeros extends InputStream {
        private long left;

        private Zeros(long count) {
            left = count;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(left, length);
            left -= count;
            return count;
        }
    }
}
