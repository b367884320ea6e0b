package io.periplus.dataplane.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the index of a proxy that asks for single addresses does not say yet. */
class OnDemandIndexTest {
    private static final IpAddress POD = IpAddress.parse("10.1.0.5");
    private static final IpAddress VIP = IpAddress.parse("2001:DB8:0:0:0:0:0:1");

    private final IndexStore store = IndexStore.onDemand();

    @Test
    void nothingIsToBeAskedWhereEverythingComesUnasked() {
        WorkloadIndex index = new IndexStore().current();
        assertThat(index.isComplete()).isTrue();
        assertThat(index.toAsk("n", POD)).isNull();
        assertThat(index.toAsk("shop", "api.shop")).isNull();
        assertThat(index.toAsk(gateway())).isNull();
        assertThat(index.isAnswered("n/10.1.0.5")).isTrue();
    }

    @Test
    void anAddressIsToBeAskedUntilItIsAnsweredOrAWorkloadIsThere() {
        assertThat(store.current().toAsk("n", POD)).isEqualTo("n/10.1.0.5");
        assertThat(store.current().toAsk("", VIP)).isEqualTo("/2001:db8::1");
        apply("w", Address.newBuilder().setWorkload(workload()));
        assertThat(store.current().toAsk("n", POD)).isNull();
        assertThat(store.current().toAsk("other", POD)).isEqualTo("other/10.1.0.5");
        store.answered(List.of("other/10.1.0.5"));
        assertThat(store.current().toAsk("other", POD)).isNull();
        store.forgotten(List.of("other/10.1.0.5"));
        assertThat(store.current().toAsk("other", POD)).isEqualTo("other/10.1.0.5");
    }

    @Test
    void aServiceSentForAnotherReasonMayBeOneOfSeveralAtItsAddress() {
        apply("shop/api.shop", Address.newBuilder().setService(service()));
        assertThat(store.current().toAsk("n", VIP)).isEqualTo("n/2001:db8::1");
        assertThat(store.current().toAsk("shop", "api.shop")).isNull();
        store.answered(List.of("n/2001:db8::1"));
        assertThat(store.current().toAsk("n", VIP)).isNull();
    }

    @Test
    void aHostNameIsToBeAskedUntilItIsAnsweredOrThere() {
        assertThat(store.current().toAsk(gateway())).isEqualTo("shop/api.shop");
        store.answered(List.of("shop/api.shop"));
        assertThat(store.current().toAsk(gateway())).isNull();
        assertThat(store.current().toAsk("shop", "web.example")).isEqualTo("shop/web.example");
        apply("w", Address.newBuilder().setWorkload(workload().setHostname("web.example")));
        assertThat(store.current().toAsk("shop", "web.example")).isNull();
        assertThat(store.current().toAsk("cart", "web.example")).isEqualTo("cart/web.example");
    }

    private void apply(String name, Address.Builder address) {
        assertThat(store.apply(Map.of(name, address.build()), List.of())).isEmpty();
    }

    private static Workload.Builder workload() {
        return Workload.newBuilder()
                .setUid("w")
                .setName("w")
                .setNamespace("shop")
                .setNetwork("n")
                .addAddresses(bytes(POD));
    }

    private static Service.Builder service() {
        return Service.newBuilder()
                .setNamespace("shop")
                .setHostname("api.shop")
                .addAddresses(NetworkAddress.newBuilder().setNetwork("n").setAddress(bytes(VIP)));
    }

    private static GatewayAddress gateway() {
        return GatewayAddress.newBuilder()
                .setHostname(
                        NamespacedHostname.newBuilder().setNamespace("shop").setHostname("api.shop"))
                .build();
    }

    private static ByteString bytes(IpAddress address) {
        return ByteString.copyFrom(address.toInetAddress().getAddress());
    }
}
