package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.internal.PlatformDependent;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Bodies of a gibibyte and ten thousand connections in flat memory; {@code -Dcapacity.mebibytes} and
 * {@code -Dcapacity.connections} say otherwise. Figures are printed, and are of the waypoint with the client's tunnels, all in
 * this process.
 */
class CapacityTest {
    private static final long MEBIBYTES = Long.getLong("capacity.mebibytes", 1024);
    private static final int CONNECTIONS = Integer.getInteger("capacity.connections", 10_000);
    private static final long HEAP_MAX = 48L << 20;
    private static final long DIRECT_MAX = 48L << 20;
    private static final int BYTES_PER_CONNECTION_MAX = 24 * 1024;

    private ResourceLeakDetector.Level careful;
    private Rig rig;
    private Application application;
    private InetSocketAddress finance;

    @BeforeEach
    void start() {
        // Recording every touch of every buffer would be most of the time and of the memory.
        careful = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        rig = new Rig();
        application = new Application("127.0.1.1", 0, "app");
        rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
        finance = rig.client(Rig.FINANCE);
    }

    @AfterEach
    void stop() {
        application.close();
        rig.close();
        ResourceLeakDetector.setLevel(careful);
    }

    private static long heapAfterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Looks at both kinds of memory while {@code work} runs. */
    private static void flat(String what, Work work) throws Exception {
        long heapBefore = heapAfterCollection();
        long directBefore = PlatformDependent.usedDirectMemory();
        AtomicLong direct = new AtomicLong();
        AtomicLong heap = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        Thread watch = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                direct.accumulateAndGet(PlatformDependent.usedDirectMemory() - directBefore, Math::max);
                java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
                if (heap.get() == 0 && direct.get() > 0) {
                    heap.set(Math.max(1, heapAfterCollection() - heapBefore));
                }
            }
        });
        try {
            work.run();
        } finally {
            over.set(true);
            watch.join();
        }
        System.out.printf(
                "figure: %s of %d MiB: at most %d KiB of direct memory and %d KiB of heap more%n",
                what, MEBIBYTES, direct.get() / 1024, heap.get() / 1024);
        assertThat(direct.get()).isLessThan(DIRECT_MAX);
        assertThat(heap.get()).isLessThan(HEAP_MAX);
    }

    private interface Work {
        void run() throws Exception;
    }

    @Test
    void aLargeRequestPasses() throws Exception {
        long size = MEBIBYTES << 20;
        flat("an upload", () -> {
            try (RawClient client = new RawClient(finance)) {
                client.send("POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
                OutputStream out = client.socket.getOutputStream();
                byte[] piece = new byte[1 << 16];
                for (long left = size; left > 0; left -= piece.length) {
                    out.write(piece);
                }
                assertThat(client.answer().body()).isEqualTo(Long.toString(size));
            }
        });
    }

    @Test
    void aLargeAnswerPasses() throws Exception {
        long size = MEBIBYTES << 20;
        flat("a download", () -> {
            try (RawClient client = new RawClient(finance)) {
                client.send("GET /stream?bytes=" + size + " HTTP/1.0\r\nHost: a\r\n\r\n".replace("1.0", "1.1"));
                client.head();
                InputStream in = client.socket.getInputStream();
                byte[] piece = new byte[1 << 16];
                long got = 0;
                int read;
                // Chunk sizes come on top.
                while (got < size && (read = in.read(piece)) >= 0) {
                    got += read;
                }
                assertThat(got).isGreaterThanOrEqualTo(size);
            }
        });
    }

    @Test
    void aSlowReaderAndASlowApplicationHoldBackTheOther() throws Exception {
        long directBefore = PlatformDependent.usedDirectMemory();
        try (RawClient slow = new RawClient(finance);
                H2Client slow2 = H2Client.open(finance)) {
            slow.send("GET /stream?bytes=" + (1L << 40) + " HTTP/1.1\r\nHost: a\r\n\r\n");
            slow2.get(1, "/stream?bytes=" + (1L << 40)).flush();
            AtomicLong sent = new AtomicLong();
            Thread uploading = Thread.startVirtualThread(() -> {
                try (RawClient upload = new RawClient(finance)) {
                    upload.send("POST /sleep HTTP/1.1\r\nHost: a\r\nContent-Length: " + (1L << 40) + "\r\n\r\n");
                    while (true) {
                        upload.send("x".repeat(1 << 16));
                        sent.addAndGet(1 << 16);
                    }
                } catch (IOException _) {
                    // The test is over.
                }
            });
            await().atMost(Duration.ofSeconds(10)).until(() -> {
                long before = sent.get();
                java.util.concurrent.locks.LockSupport.parkNanos(300_000_000);
                return before > 0 && sent.get() == before;
            });
            long direct = PlatformDependent.usedDirectMemory() - directBefore;
            System.out.printf(
                    "figure: two readers and an application that stand still: %d KiB of direct memory, %d KiB sent%n",
                    direct / 1024, sent.get() / 1024);
            assertThat(direct).isLessThan(DIRECT_MAX);
            uploading.interrupt();
        }
    }

    @Test
    void idleConnectionsCostLittle() throws Exception {
        List<Kept> kept = new ArrayList<>(CONNECTIONS);
        for (int i = 0; i < 200; i++) {
            kept.add(keep());
        }
        for (Kept connection : kept) {
            connection.ask();
        }
        long heap = heapAfterCollection();
        long direct = PlatformDependent.usedDirectMemory();
        for (int i = 0; i < CONNECTIONS; i++) {
            Kept connection = keep();
            connection.ask();
            kept.add(connection);
        }
        long perConnection = (heapAfterCollection() - heap) / CONNECTIONS;
        long directPerConnection = (PlatformDependent.usedDirectMemory() - direct) / CONNECTIONS;
        System.out.printf(
                "figure: %d idle connections: %d bytes of heap and %d of direct memory each, with the client's ends%n",
                CONNECTIONS, perConnection, directPerConnection);
        assertThat(perConnection).isLessThan(BYTES_PER_CONNECTION_MAX);
        assertThat(directPerConnection).isLessThan(BYTES_PER_CONNECTION_MAX);
        for (int i = 0; i < kept.size(); i += 97) {
            kept.get(i).ask();
        }
    }

    private Kept keep() throws Exception {
        Kept connection = new Kept(rig.tunnel(Rig.FINANCE).sync().getNow());
        connection.tunnel.pipeline().addLast(connection);
        connection.tunnel.config().setAutoRead(true);
        return connection;
    }

    /** A client's tunnel in which requests follow each other. */
    private static final class Kept extends ChannelInboundHandlerAdapter {
        private final Channel tunnel;
        private final Semaphore answered = new Semaphore(0);
        private final StringBuilder answer = new StringBuilder();

        private Kept(Channel tunnel) {
            this.tunnel = tunnel;
        }

        void ask() throws InterruptedException {
            tunnel.writeAndFlush(Unpooled.copiedBuffer("GET / HTTP/1.1\r\nHost: a\r\n\r\n", StandardCharsets.US_ASCII));
            assertThat(answered.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        }

        /** The rig ends with the test, before these. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            answer.append(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
            if (answer.toString().endsWith("\r\n\r\napp")) {
                answer.setLength(0);
                answer.trimToSize();
                answered.release();
            }
        }
    }
}
