package io.periplus.dataplane.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.telemetry.ConnectionLogEntry.Stage;
import io.periplus.wire.workload.Workload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Lines of the access log. */
class AccessLogTest {
    @Test
    void aCompleteConnectionIsOneTabSeparatedLine() {
        assertThat(line(LogFormat.PLAIN, entry(Stage.COMPLETE, null)))
                .isEqualTo("2026-03-07T09:14:55.310482Z\tinfo\taccess\tconnection complete\t"
                        + "src.addr=10.20.1.7:51544 src.workload=\"cart-5c9d8-xk2lp\" src.namespace=\"shop\""
                        + " src.identity=\"spiffe://cluster.local/ns/shop/sa/cart\" src.cluster=\"Kubernetes\""
                        + " dst.addr=10.20.3.9:15008 dst.hbone_addr=10.20.3.9:8080"
                        + " dst.service=\"stock.shop.svc.cluster.local\" dst.workload=\"stock\""
                        + " dst.namespace=\"shop\" direction=\"outbound\" bytes_sent=120 bytes_recv=2048"
                        + " duration=\"9ms\"\n");
    }

    @Test
    void ipv6AddressesStandInBracketsAndShort() {
        ConnectionLogEntry entry = new ConnectionLogEntry(
                Instant.EPOCH,
                Stage.FAILED,
                new InetSocketAddress("fd00:0:0:0:0:0:0:1", 51544),
                null,
                null,
                new InetSocketAddress("fd00:0:0:0:0:0:0:2", 80),
                null,
                null,
                null,
                null,
                "outbound",
                0,
                0,
                0,
                "no");

        assertThat(line(LogFormat.PLAIN, entry)).contains("src.addr=[fd00::1]:51544 dst.addr=[fd00::2]:80");
    }

    @Test
    void anErrorStandsLastAndRaisesTheLevel() {
        assertThat(line(LogFormat.PLAIN, entry(Stage.COMPLETE, "http status: 401 \"no\"")))
                .contains("\terror\taccess\tconnection complete")
                .endsWith(" duration=\"9ms\" error=\"http status: 401 \\\"no\\\"\"\n");
    }

    @Test
    void anEarlyFailureHasFewFields() {
        assertThat(line(LogFormat.PLAIN, entry(Stage.FAILED, "unknown waypoint")))
                .isEqualTo("2026-03-07T09:14:55.310482Z\twarn\taccess\tconnection failed\tsrc.addr=10.20.1.7:51544"
                        + " dst.addr=10.20.3.9:15008 direction=\"outbound\" error=\"unknown waypoint\"\n");
    }

    @Test
    void jsonIsOneFlatObjectPerLine() throws IOException {
        JsonNode json = new ObjectMapper().readTree(line(LogFormat.JSON, entry(Stage.COMPLETE, "a\nb")));
        assertThat(json.fieldNames()).toIterable().startsWith("level", "time", "scope", "message", "src.addr");
        assertThat(json.get("bytes_sent").asLong()).isEqualTo(120);
        assertThat(json.get("error").asText()).isEqualTo("a\nb");
    }

    @Test
    void entriesAreWrittenInOrderAndClosingWritesTheRest() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LogWriter writer = new LogWriter(LogFormat.PLAIN, out)) {
            AccessLog log = new AccessLog(writer);
            for (int i = 0; i < 1000; i++) {
                log.log(entry(Stage.COMPLETE, "n" + i + "."));
            }
        }
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(text.lines()).hasSize(1000);
        assertThat(text.indexOf("n7.")).isLessThan(text.indexOf("n900."));
    }

    @Test
    void afterAFlushEverythingIsWrittenAndNothingElse() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LogWriter writer = new LogWriter(LogFormat.PLAIN, out)) {
            AccessLog log = new AccessLog(writer);
            for (int i = 1; i <= 5; i++) {
                log.log(entry(Stage.COMPLETE, "n" + i + "."));
                assertThat(writer.flush()).isTrue();
                assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(i);
            }
        }
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(5);
    }

    @Test
    void aSlowReaderLosesLinesInsteadOfHoldingTrafficUp() {
        CountDownLatch reading = new CountDownLatch(1);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int b) {
                text.write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                try {
                    reading.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                text.write(bytes, offset, length);
            }
        };
        try (LogWriter writer = new LogWriter(LogFormat.PLAIN, slow)) {
            for (int i = 0; i < 20_000; i++) {
                writer.submit(entry(Stage.FAILED, null));
            }
            reading.countDown();
        }
        assertThat(text.toString(StandardCharsets.UTF_8)).contains("log lines dropped");
    }

    @Test
    void anEntryThatCannotBeWrittenIsOneBrokenLineAndTheLogGoesOn() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LogWriter writer = new LogWriter(LogFormat.PLAIN, out)) {
            writer.submit(entry(Stage.FAILED, "before"));
            writer.submit(new BrokenEntry());
            writer.submit(entry(Stage.FAILED, "after"));
            assertThat(writer.flush()).isTrue();
        }
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).endsWith("error=\"before\"");
        assertThat(lines.get(1))
                .contains("\terror\tlog\t")
                .doesNotContain("half")
                .endsWith("entry=\"BrokenEntry\" error=\"java.lang.IllegalStateException: a defect\"");
        assertThat(lines.get(2)).endsWith("error=\"after\"");
    }

    private record BrokenEntry() implements LogEntry {
        @Override
        public Instant time() {
            return Instant.EPOCH;
        }

        @Override
        public String level() {
            return "info";
        }

        @Override
        public String scope() {
            return "access";
        }

        @Override
        public String message() {
            return "half";
        }

        @Override
        public void fields(Fields to) {
            to.number("n", 1);
            throw new IllegalStateException("a defect");
        }
    }

    @Test
    void levelsAreShownAddedAndReset() {
        LogLevels levels = new LogLevels("info");
        try {
            assertThat(levels).hasToString("info");
            levels.add("access=debug,xds=warn");
            assertThat(levels).hasToString("access=debug,xds=warn,info");
            assertThat(new AccessLog(new LogWriter(LogFormat.PLAIN, OutputStream.nullOutputStream())).logsOpened())
                    .isTrue();
            assertThatThrownBy(() -> levels.add("loud")).hasMessageContaining("\"loud\"");
        } finally {
            levels.reset("");
        }
        assertThat(levels).hasToString("info");
    }

    private static String line(LogFormat format, LogEntry entry) {
        StringBuilder text = new StringBuilder();
        format.write(entry, text);
        return text.toString();
    }

    private static ConnectionLogEntry entry(Stage stage, @Nullable String error) {
        Workload source = Workload.newBuilder()
                .setName("cart-5c9d8-xk2lp")
                .setNamespace("shop")
                .setClusterId("Kubernetes")
                .build();
        Workload destination = Workload.newBuilder()
                .setCanonicalName("stock")
                .setNamespace("shop")
                .build();
        return new ConnectionLogEntry(
                Instant.parse("2026-03-07T09:14:55.310482Z"),
                stage,
                new InetSocketAddress("10.20.1.7", 51544),
                source,
                new SpiffeId("cluster.local", "shop", "cart"),
                new InetSocketAddress("10.20.3.9", 15008),
                "10.20.3.9:8080",
                "stock.shop.svc.cluster.local",
                destination,
                null,
                "outbound",
                120,
                2048,
                9,
                error);
    }
}
