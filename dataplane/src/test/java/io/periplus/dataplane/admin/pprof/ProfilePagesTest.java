package io.periplus.dataplane.admin.pprof;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.dataplane.admin.AdminServer;
import io.periplus.wire.pprof.Location;
import io.periplus.wire.pprof.Profile;
import io.periplus.wire.pprof.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Profiles over real HTTP, of a process that has something to do. */
class ProfilePagesTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Thread busy = new Thread(Spinner::spin, "spinner");
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        server = AdminServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), ProfilePages.of("test"));
        busy.setDaemon(true);
        busy.start();
    }

    @AfterEach
    void stop() {
        busy.interrupt();
        server.close();
    }

    @Test
    void theProfileSaysWhereTheTimeWent() throws Exception {
        HttpResponse<InputStream> response = get("/debug/pprof/profile?seconds=2&frequency=50");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-encoding")).isEmpty();
        Profile profile = profile(response);
        assertThat(profile.getSampleTypeList())
                .extracting(type -> text(profile, type.getType()) + "/" + text(profile, type.getUnit()))
                .containsExactly("samples/count", "cpu/nanoseconds");
        assertThat(profile.getPeriod()).isEqualTo(20_000_000);
        assertThat(profile.getDurationNanos()).isBetween(SECONDS.toNanos(2), SECONDS.toNanos(20));
        assertThat(text(profile, profile.getMapping(0).getFilename())).isEqualTo("test");

        List<Sample> spinning = profile.getSampleList().stream()
                .filter(sample -> stack(profile, sample).contains(Spinner.class.getName() + ".spin"))
                .toList();
        assertThat(spinning)
                .allSatisfy(sample -> assertThat(stack(profile, sample)).endsWith("java.lang.Thread.run"))
                .anySatisfy(sample ->
                        assertThat(text(profile, sample.getLabel(0).getStr())).isEqualTo("spinner"));
        // one thread, which may have had to share its processor
        long nanos = spinning.stream().mapToLong(sample -> sample.getValue(1)).sum();
        long count = spinning.stream().mapToLong(sample -> sample.getValue(0)).sum();
        assertThat(nanos).isBetween(SECONDS.toNanos(2) / 10, profile.getDurationNanos() * 11 / 10);
        assertThat(nanos / count).isGreaterThanOrEqualTo(profile.getPeriod());
    }

    @Test
    void oneIsTakenAtATimeAndEndsWithItsClient() throws Exception {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            client.getOutputStream()
                    .write("GET /debug/pprof/profile?seconds=300 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().read()).isEqualTo('H'); // it has begun
            assertThat(get("/debug/pprof/profile").statusCode()).isEqualTo(409);
            assertThat(get("/debug/pprof/heap").statusCode()).isEqualTo(409);
        }
        await().until(() -> get("/debug/pprof/heap").statusCode() == 200);
    }

    @Test
    void aProxyThatEndsDoesNotWaitForAProfile() throws Exception {
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request("/debug/pprof/profile?seconds=300"), HttpResponse.BodyHandlers.ofByteArray());
        await().until(() -> get("/debug/pprof/heap").statusCode() == 409);
        server.close();
        assertThat(answer).failsWithin(java.time.Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "seconds=0",
                "seconds=301",
                "seconds=",
                "seconds=ten",
                "seconds=-1",
                "frequency=0",
                "frequency=1001"
            })
    void whatCannotBeIsSaid(String query) throws Exception {
        HttpResponse<InputStream> response = get("/debug/pprof/profile?" + query);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(new String(response.body().readAllBytes(), StandardCharsets.UTF_8))
                .contains(query.replace("=", ": "))
                .contains(query.startsWith("seconds") ? "1 to 300" : "1 to 1000");
        assertThat(get("/debug/pprof/heap").statusCode()).isEqualTo(200);
    }

    @Test
    void theHeapIsCountedByClass() throws Exception {
        Kept[][] kept = new Kept[1][1000];
        for (int i = 0; i < kept[0].length; i++) {
            kept[0][i] = new Kept();
        }
        Profile profile = profile(get("/debug/pprof/heap"));
        assertThat(profile.getSampleTypeList())
                .extracting(type -> text(profile, type.getType()) + "/" + text(profile, type.getUnit()))
                .containsExactly("inuse_objects/count", "inuse_space/bytes");
        Sample counted = profile.getSampleList().stream()
                .filter(sample -> stack(profile, sample).startsWith(Kept.class.getName() + " "))
                .findFirst()
                .orElseThrow();
        assertThat(stack(profile, counted)).isEqualTo(Kept.class.getName() + " " + Kept.class.getPackageName());
        assertThat(counted.getValue(0)).isEqualTo(kept[0].length);
        assertThat(counted.getValue(1)).isEqualTo(kept[0].length * 16L);
        assertThat(profile.getSampleList())
                .extracting(sample -> stack(profile, sample))
                .contains("byte[]", Kept.class.getName() + "[][] " + Kept.class.getPackageName());
        assertThat(profile.getSampleList().stream()
                        .mapToLong(sample -> sample.getValue(1))
                        .sum())
                .isBetween(1L << 20, Runtime.getRuntime().totalMemory());
    }

    @Test
    void heapProfilingIsAlwaysActive() throws Exception {
        for (String query : List.of("", "?activate=true", "?activate=false")) {
            HttpResponse<InputStream> response = get("/debug/pprof/heap/profiling" + query);
            assertThat(new String(response.body().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("heap profiling active: true\n");
        }
        assertThat(get("/debug/pprof/heap/profiling?activate=yes").statusCode()).isEqualTo(400);
        HttpRequest post = HttpRequest.newBuilder(request("/debug/pprof/heap").uri())
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(http.send(post, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(405);
    }

    /** What the heap is searched for. */
    private static final class Kept {
        private final int first = 1;
    }

    /** Keeps a processor busy. */
    private static final class Spinner {
        private static volatile double result;

        static void spin() {
            double sum = 0;
            while (!Thread.currentThread().isInterrupted()) {
                for (int i = 0; i < 1000; i++) {
                    sum += Math.sqrt(i + sum);
                }
                result = sum;
            }
        }
    }

    private static Profile profile(HttpResponse<InputStream> response) throws IOException {
        try (InputStream in = new GZIPInputStream(response.body())) {
            return Profile.parseFrom(in);
        }
    }

    /** The names of its functions, the innermost first. */
    private static String stack(Profile profile, Sample sample) {
        StringBuilder names = new StringBuilder();
        for (long id : sample.getLocationIdList()) {
            Location location = profile.getLocation((int) id - 1);
            assertThat(location.getId()).isEqualTo(id);
            int function = (int) location.getLine(0).getFunctionId();
            names.append(names.isEmpty() ? "" : " ")
                    .append(text(profile, profile.getFunction(function - 1).getName()));
        }
        return names.toString();
    }

    private static String text(Profile profile, long index) {
        return profile.getStringTable((int) index);
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .build();
    }

    private HttpResponse<InputStream> get(String path) throws Exception {
        return http.send(request(path), HttpResponse.BodyHandlers.ofInputStream());
    }
}
