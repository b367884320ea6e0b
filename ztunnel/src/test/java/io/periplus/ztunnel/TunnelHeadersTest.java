package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The fields of a CONNECT. */
final class TunnelHeadersTest {
    private static final Workload CART =
            Workload.newBuilder().setNamespace("shop").setClusterId("east").build();

    @Test
    void theyTellWhoAsksFromWhereAndAFreshTrace() {
        Service service = Service.newBuilder().setHostname("stock.shop.svc").build();
        Map<String, String> fields = TunnelHeaders.of(CART, IpAddress.parse("fd00::7"), 1234, service);

        assertThat(fields)
                .containsOnlyKeys("baggage", "forwarded", "traceparent")
                .containsEntry("baggage", "k8s.cluster.name=east,k8s.namespace.name=shop")
                .containsEntry("forwarded", "for=\"[fd00::7]:1234\";host=stock.shop.svc");
        assertThat(TunnelHeaders.inside(fields, "west"))
                .containsAllEntriesOf(fields)
                .containsEntry("x-forwarded-network", "west");
    }

    @Test
    void noTwoConnectionsHaveTheSameTrace() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String trace =
                    TunnelHeaders.of(CART, IpAddress.parse("10.0.0.1"), 1, null).get("traceparent");
            assertThat(trace).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00").doesNotContain("-0000000000000000-");
            assertThat(seen.add(trace)).isTrue();
        }
    }
}
