package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.waypoint.telemetry.Reporter;
import io.periplus.waypoint.telemetry.WaypointMetrics;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** What one small request makes the waypoint's own threads allocate, TLS of both sides included. */
class RequestCostTest {
    private static final int WARM_UP = 2000;
    private static final int REQUESTS = 1000;

    /** Measured at 6 KiB; most of it is the frames of two HTTP/2 connections with their promises. */
    private static final long BYTES_MAX = 10 * 1024;

    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static void listen(ServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                Thread.startVirtualThread(() -> serve(connection));
            } catch (IOException _) {
                // The end.
            }
        }
    }

    private static void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            byte[] request = new byte[8192];
            while (connection.getInputStream().read(request) > 0) {
                connection.getOutputStream().write(ANSWER);
            }
        } catch (IOException _) {
            // The other side has ended it.
        }
    }

    private long sum(ToLongFunction<ThreadInfo> value) {
        long sum = 0;
        for (ThreadInfo thread : threads.dumpAllThreads(false, false)) {
            sum += thread.getThreadName().startsWith("waypoint") ? value.applyAsLong(thread) : 0;
        }
        return sum;
    }

    private static void ask(RawClient client, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void aRequestAllocatesLittle() throws Exception {
        ResourceLeakDetector.Level careful = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        try (ServerSocket listener = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"));
                Rig rig = new Rig(new WaypointMetrics(new MetricsRegistry(), Reporter.WAYPOINT))) {
            Thread.ofPlatform().daemon().start(() -> listen(listener));
            rig.service(AppProtocol.UNKNOWN, listener.getLocalPort(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                assertThat(measure(client, "a request")).isLessThan(BYTES_MAX);
                rig.backend("one", AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
                rig.backend("two", AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
                rig.route(
                        "matches { path { value: '/exact' } } " + Rig.to("two", 1),
                        "matches { headers { name: 'x-canary' value { value: 'yes' } } } " + Rig.to("two", 1),
                        "filters { request_headers { set { name: 'x-added' value: '1' } } } " + Rig.to("one", 9)
                                + Rig.to("two", 1));
                assertThat(measure(client, "a routed request")).isLessThan(BYTES_MAX);
            }
        } finally {
            ResourceLeakDetector.setLevel(careful);
        }
    }

    private long measure(RawClient client, String what) throws IOException {
        ask(client, WARM_UP);
        long bytes = sum(thread -> threads.getThreadAllocatedBytes(thread.getThreadId()));
        long cpu = sum(thread -> threads.getThreadCpuTime(thread.getThreadId()));
        ask(client, REQUESTS);
        cpu = sum(thread -> threads.getThreadCpuTime(thread.getThreadId())) - cpu;
        bytes = sum(thread -> threads.getThreadAllocatedBytes(thread.getThreadId())) - bytes;
        System.out.printf(
                "%s costs %d bytes of allocation, %d us of CPU%n", what, bytes / REQUESTS, cpu / REQUESTS / 1000);
        return bytes / REQUESTS;
    }
}
