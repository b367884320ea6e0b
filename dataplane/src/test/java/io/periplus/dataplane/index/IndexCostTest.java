package io.periplus.dataplane.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a push costs in a large mesh. */
class IndexCostTest {
    private static final int WORKLOADS = 20_000;
    private static final int SERVICES = 1_000;
    /** A few paths of the maps and one service's endpoints; a copy of the index would be megabytes. */
    private static final long BYTES_PER_CHANGE_MAX = 50_000;

    @Test
    void aPushOfOneWorkloadDoesNotCopyTheIndex() {
        IndexStore store = new IndexStore();
        Map<String, Address> everything = new LinkedHashMap<>();
        for (int i = 0; i < WORKLOADS; i++) {
            everything.put("w" + i, workload(i, "node1"));
        }
        for (int i = 0; i < SERVICES; i++) {
            Service service = Service.newBuilder()
                    .setNamespace("shop")
                    .setHostname("s" + i)
                    .addPorts(Port.newBuilder().setServicePort(80).setTargetPort(8080))
                    .build();
            everything.put(
                    "shop/s" + i, Address.newBuilder().setService(service).build());
        }
        store.apply(everything, List.of());
        assertThat(store.current().workloadCount()).isEqualTo(WORKLOADS);
        assertThat(store.current().service("shop", "s7").endpoints()).hasSize(WORKLOADS / SERVICES);

        List<Address> changes = java.util.stream.IntStream.range(0, 100)
                .mapToObj(i -> workload(i * 3, "node2"))
                .toList();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (Address change : changes) {
            store.apply(Map.of(change.getWorkload().getUid(), change), List.of());
        }
        long perChange = (threads.getCurrentThreadAllocatedBytes() - before) / changes.size();
        assertThat(perChange).isLessThan(BYTES_PER_CHANGE_MAX);
        assertThat(store.current().workload("w3").getNode()).isEqualTo("node2");
    }

    private static Address workload(int i, String node) {
        byte[] address = ByteBuffer.allocate(4).putInt(0x0a000000 + i).array();
        return Address.newBuilder()
                .setWorkload(Workload.newBuilder()
                        .setUid("w" + i)
                        .setName("w" + i)
                        .setNamespace("shop")
                        .setNode(node)
                        .addAddresses(ByteString.copyFrom(address))
                        .putServices(
                                "shop/s" + i % SERVICES,
                                PortList.newBuilder()
                                        .addPorts(Port.newBuilder()
                                                .setServicePort(80)
                                                .setTargetPort(8080))
                                        .build()))
                .build();
    }
}
