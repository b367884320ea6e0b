package io.periplus.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.periplus.api.NamespacedName;
import io.periplus.controlplane.xds.Catalog;
import io.periplus.controlplane.xds.SetKey;
import io.periplus.model.AmbientIndex;
import io.periplus.model.MeshSettings;
import io.periplus.model.input.ServiceEntryInput;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.ServiceInput.ServicePort;
import io.periplus.wire.workload.Address;
import io.periplus.wire.xds.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What of the index's changes comes to the catalog. */
class IndexLoopTest {
    private static final NamespacedName SERVICE = new NamespacedName("shop", "web");
    private static final NamespacedName ENTRY = new NamespacedName("shop", "web-entry");
    private static final String HOST = "web.shop.svc.cluster.local";

    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));
    private final Catalog catalog = new Catalog();
    private final IndexLoop loop = new IndexLoop(index, catalog, Duration.ofMillis(5), new Metrics());
    private final Thread thread = new Thread(loop, "index");

    @BeforeEach
    void start() {
        thread.start();
        change(to -> {
            to.watched.namespaces.put("shop", Fixture.namespace("shop", Map.of()));
            to.watched.serviceEntries.put(ENTRY, entry());
        });
        assertThat(names(SetKey.ZTUNNEL_ADDRESSES)).containsExactly("web-entry");
    }

    @AfterEach
    void stop() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }

    @Test
    void aHostThatPassesFromAnEntryToAServiceStays() {
        change(to -> to.watched.services.put(SERVICE, service()));
        assertThat(names(SetKey.ZTUNNEL_ADDRESSES)).containsExactly("web");
        assertThat(names(SetKey.WAYPOINT_ADDRESSES)).containsExactly("web");
    }

    @Test
    void aHostThatPassesBackToTheEntryStays() {
        change(to -> to.watched.services.put(SERVICE, service()));
        change(to -> to.watched.services.remove(SERVICE));
        assertThat(names(SetKey.ZTUNNEL_ADDRESSES)).containsExactly("web-entry");
        assertThat(names(SetKey.WAYPOINT_ADDRESSES)).containsExactly("web-entry");
    }

    private void change(Consumer<AmbientIndex> change) {
        Fixture.change(loop, change);
    }

    /** The names of the services' objects. */
    private List<String> names(SetKey set) {
        return catalog.resources(set).stream().map(IndexLoopTest::name).toList();
    }

    private static String name(Resource resource) {
        try {
            return Address.parseFrom(resource.getResource().getValue())
                    .getService()
                    .getName();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static ServiceEntryInput entry() {
        return new ServiceEntryInput(
                ENTRY,
                "2026-01-01T00:00:00Z",
                Map.of(),
                Map.of(),
                List.of(HOST),
                List.of("240.240.1.1"),
                List.of(),
                List.of(new ServicePort("http", 80, "TCP", "http", null, 8080)),
                "STATIC",
                List.of(),
                Map.of(),
                List.of(),
                List.of());
    }

    private static ServiceInput service() {
        return new ServiceInput(
                SERVICE,
                "uid",
                "2026-02-01T00:00:00Z",
                Map.of(),
                Map.of(),
                "ClusterIP",
                List.of("10.96.0.1"),
                List.of(),
                List.of("IPv4"),
                List.of(new ServicePort("http", 80, "TCP", null, null, 8080)),
                Map.of(),
                false,
                "",
                "",
                List.of());
    }
}
