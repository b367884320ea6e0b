package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.periplus.dataplane.testing.Leftovers;
import io.periplus.dataplane.xds.AddressHandler;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.xds.Resource;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A control plane that sends much, and nonsense among it, while connections are open. */
@Timeout(60)
final class LargePushTest {
    private static final String VIP = "10.96.0.7";
    private static final int PORT = 8080;
    private static final int WORKLOADS = 10_000;
    private static final int SERVICES = 200;
    /** Of the pushes' resources, every how many is unusable. */
    private static final int BAD_EVERY = 100;

    /** Generous: of a machine with other work, the CPU time of the push counts, not the clock's. */
    private static final Duration PUSH_CPU_MAX = Duration.ofSeconds(5);

    @Test
    void theDataPathGoesOnAndTheUsablePartIsApplied() throws Exception {
        List<Resource> push = push();
        try (Leftovers _ = Leftovers.sampled();
                PodNetwork network = new PodNetwork();
                TestNode node = new TestNode()) {
            PodHost cart = network.pod("cart", true);
            PodHost stock = network.pod("stock", true);
            node.enrol(cart);
            node.enrol(stock, "stock");
            node.publish(TestNode.service("stock", VIP, 80, PORT).build());
            AddressHandler handler = new AddressHandler(node.index);
            try (PodHost.EchoApp _ = stock.echo(PORT);
                    Socket open = cart.connect(VIP, 80);
                    Traffic traffic = new Traffic(open)) {
                int before = traffic.exchanges.get();
                Map<String, String> rejected = timed(() -> handler.apply(push, List.of()));

                assertThat(rejected).hasSize(WORKLOADS / BAD_EVERY);
                assertThat(rejected.keySet()).allMatch(name -> name.startsWith("bad"));
                assertThat(rejected.values()).allMatch(reason -> !reason.isBlank());
                assertThat(node.index.current().workload("good/1")).isNotNull();
                assertThat(cart.call(VIP, 80, "ahoy")).isEqualTo("ahoy");

                // The same again, as after a reconnect, and all of it gone.
                assertThat(timed(() -> handler.apply(push, List.of()))).hasSize(WORKLOADS / BAD_EVERY);
                List<String> names = push.stream().map(Resource::getName).toList();
                assertThat(timed(() -> handler.apply(List.of(), names))).isEmpty();
                assertThat(node.index.current().workload("good/1")).isNull();
                assertThat(traffic.exchanges)
                        .as("while the pushes were applied")
                        .hasValueGreaterThan(before + 10);
                assertThat(cart.call(VIP, 80, "ahoy")).isEqualTo("ahoy");
            }
            await().untilAsserted(() -> assertThat(node.connections.size()).isZero());
        }
    }

    private static Map<String, String> timed(java.util.function.Supplier<Map<String, String>> work) {
        var threads = java.lang.management.ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        Map<String, String> result = work.get();
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - before)).isLessThan(PUSH_CPU_MAX);
        return result;
    }

    private static List<Resource> push() {
        List<Resource> resources = new ArrayList<>();
        for (int i = 0; i < SERVICES; i++) {
            var service = TestNode.service("s" + i, "10.97.%d.%d".formatted(i / 250, i % 250 + 1), 80, PORT)
                    .build();
            resources.add(resource(
                    TestNode.NAMESPACE + "/" + TestNode.hostname("s" + i),
                    Address.newBuilder().setService(service).build().toByteString()));
        }
        for (int i = 0; i < WORKLOADS; i++) {
            if (i % BAD_EVERY == 0) {
                // By turns what is no message, and a message with an address of three bytes.
                ByteString bad = i % (2 * BAD_EVERY) == 0
                        ? ByteString.copyFrom(new byte[] {(byte) 0xff, 1, 2})
                        : Address.newBuilder()
                                .setWorkload(workload("bad/" + i, i).addAddresses(ByteString.copyFrom(new byte[3])))
                                .build()
                                .toByteString();
                resources.add(resource("bad/" + i, bad));
            } else {
                resources.add(resource(
                        "good/" + i,
                        Address.newBuilder()
                                .setWorkload(workload("good/" + i, i))
                                .build()
                                .toByteString()));
            }
        }
        return resources;
    }

    private static Workload.Builder workload(String uid, int number) {
        return Workload.newBuilder()
                .setUid(uid)
                .setName("w" + number)
                .setNamespace(TestNode.NAMESPACE)
                .setServiceAccount("account" + number % 50)
                .setNode("node" + (2 + number % 100))
                .setTunnelProtocol(TunnelProtocol.HBONE)
                .addAddresses(TestNode.bytes("10.200.%d.%d".formatted(number / 250, number % 250 + 1)))
                .putServices(
                        TestNode.NAMESPACE + "/" + TestNode.hostname("s" + number % SERVICES),
                        PortList.getDefaultInstance());
    }

    private static Resource resource(String name, ByteString value) {
        return Resource.newBuilder()
                .setName(name)
                .setVersion("1")
                .setResource(
                        Any.newBuilder().setTypeUrl(AddressHandler.TYPE_URL).setValue(value))
                .build();
    }

    /** One byte after another there and back. */
    private static final class Traffic implements AutoCloseable {
        private final AtomicBoolean done = new AtomicBoolean();
        private final AtomicInteger exchanges = new AtomicInteger();
        private final Thread thread;

        Traffic(Socket connection) {
            thread = Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (!done.get()) {
                        connection.getOutputStream().write(7);
                        if (connection.getInputStream().read() != 7) {
                            return;
                        }
                        exchanges.incrementAndGet();
                    }
                } catch (IOException _) {
                    // Nothing is counted any more.
                }
            });
        }

        @Override
        public void close() throws InterruptedException {
            done.set(true);
            thread.join();
        }
    }
}
