package io.periplus.dataplane.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import io.airlift.compress.zstd.ZstdInputStream;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a scraper accepts, it gets the same metrics. */
class CompressionTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        MetricsRegistry few = new MetricsRegistry();
        few.gauge("requests_in_flight", "Requests that wait for an answer", () -> 1);
        MetricsRegistry metrics = new MetricsRegistry();
        for (int i = 0; i < 20_000; i++) { // more than the window and the buffers of any coding
            metrics.gauge("requests_in_flight_" + i, "Requests that wait for an answer", () -> 1);
        }
        server = AdminServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Map.of(
                        "/metrics", AdminPages.metrics(metrics),
                        "/few", AdminPages.metrics(few),
                        "/small", request -> AdminResponse.text(200, "small")));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "br", "gzip", "deflate"})
    void everyCodingSaysTheSame(String coding) throws Exception {
        byte[] plain = get("/metrics", "identity").body();
        HttpResponse<byte[]> coded = get("/metrics", coding);
        assertThat(coded.headers().firstValue("content-encoding")).contains(coding);
        assertThat(coded.headers().firstValue("vary")).contains("Accept-Encoding");
        assertThat(coded.body()).hasSizeLessThan(plain.length / 8);
        InputStream body = new ByteArrayInputStream(coded.body());
        try (InputStream in = switch (coding) {
            case "zstd" -> new ZstdInputStream(body);
            case "br" -> new BrotliInputStream(body);
            case "gzip" -> new GZIPInputStream(body);
            default -> new InflaterInputStream(body);
        }) {
            assertThat(in.readAllBytes()).isEqualTo(plain);
        }
        assertThat(new String(plain, StandardCharsets.UTF_8)).endsWith("# EOF\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "br", "gzip", "deflate", "identity"})
    void fewSeriesAreSentInOnePieceAndManyAsTheyAreWritten(String coding) throws Exception {
        assertThat(get("/few", coding).headers().firstValue("content-length")).isPresent();
        assertThat(get("/metrics", coding).headers().firstValue("content-length"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "br", "gzip", "deflate"})
    void curlReadsIt(String coding) throws Exception {
        assumeTrue(features().containsAll(List.of("brotli", "zstd")), "a curl that reads all of them");
        assertThat(curl("--compressed", "--header", "Accept-Encoding: " + coding, url("/metrics")))
                .isEqualTo(get("/metrics", "identity").body());
    }

    @Test
    void whatNobodyCouldReadIsNotSent() throws Exception {
        assertThat(get("/metrics", "identity;q=0").statusCode()).isEqualTo(406);
        assertThat(new String(get("/small", "compress, *;q=0").body(), StandardCharsets.UTF_8))
                .contains("expected: zstd, br, gzip, deflate or identity");
        HttpResponse<byte[]> small = get("/small", "gzip");
        assertThat(small.headers().firstValue("content-encoding")).isEmpty();
        assertThat(small.body()).asString(StandardCharsets.UTF_8).isEqualTo("small");
        assertThat(get("/small", "gzip, identity;q=0").headers().firstValue("content-encoding"))
                .contains("gzip");
    }

    private HttpResponse<byte[]> get(String path, String acceptEncoding) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(url(path)))
                        .header("Accept-Encoding", acceptEncoding)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.port() + path;
    }

    private static List<String> features() throws Exception {
        String version = new String(curl("--version"), StandardCharsets.UTF_8);
        return version.lines()
                .filter(line -> line.startsWith("Features:"))
                .flatMap(line -> Arrays.stream(line.split(" ")))
                .toList();
    }

    private static byte[] curl(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 2];
        command[0] = "curl";
        command[1] = "--silent";
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = process.getInputStream()) {
            byte[] said = out.readAllBytes();
            assertThat(process.waitFor()).isZero();
            return said;
        }
    }
}
