package io.periplus.waypoint.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.route.match.RequestIndex;
import io.periplus.wire.workload.AppProtocol;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That finding a route costs the same among ten and among ten thousand. */
class RouteScaleTest {
    private static final int LOOKUPS = 200_000;
    private static final String HOSTNAME = "a.ns.svc.cluster.local";
    private static final Destination.OfService SERVICE = new Destination.OfService(
            "ns/" + HOSTNAME,
            "ns",
            HOSTNAME,
            "a",
            IpAddress.of(InetAddress.getLoopbackAddress()),
            8080,
            AppProtocol.HTTP11);

    private static io.periplus.wire.waypoint.Route route(int number) {
        return RoutesOf.route(("namespace: 'ns' name: 'r%1$d' parents { service { service { namespace: 'ns' hostname: '"
                        + HOSTNAME + "' } } } "
                        + "rules { matches { path { type: EXACT value: '/tenants/t%1$d/login' } } } "
                        + "rules { matches { path { type: PATH_PREFIX value: '/tenants/t%1$d' } method: 'GET' } }")
                .formatted(number));
    }

    private static RouteStore store(int routes) {
        RouteStore store = new RouteStore();
        Map<String, io.periplus.wire.waypoint.Route> all = new java.util.HashMap<>();
        for (int i = 0; i < routes; i++) {
            io.periplus.wire.waypoint.Route route = route(i);
            all.put(RoutesOf.nameOf(route), route);
        }
        store.apply(all, List.of());
        return store;
    }

    private static RequestHead get(String path) {
        DefaultHttpHeaders headers = new DefaultHttpHeaders();
        for (int i = 0; i < 10; i++) {
            headers.add("x-" + i, "value");
        }
        return new RequestHead("GET", "http", "a", path, headers);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 1_000, 10_000})
    void neitherComparisonsNorProbesGrow(int routes) {
        List<CompiledRoute> all = new ArrayList<>();
        for (int i = 0; i < routes; i++) {
            all.add(RouteCompiler.compile(route(i)));
        }
        RequestIndex<Route> index = RouteGroup.index(all);
        assertThat(index.longestList()).isEqualTo(1);
        assertThat(index.longestProbe()).isLessThanOrEqualTo(32);
    }

    /** The time is printed, not judged: other work on the machine would make it lie. */
    @Test
    void aLookupAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        RequestHead exact = get("/tenants/t7/login?next=/");
        RequestHead prefix = get("/tenants/t7/orders/42/items?page=2");
        RequestHead none = get("/somewhere/else");
        for (int routes : new int[] {10, 1_000, 10_000}) {
            RouteTable table = store(routes).table();
            assertThat(lookups(table, exact, prefix, none)).isEqualTo(LOOKUPS * 2L);
            long bytes = threads.getCurrentThreadAllocatedBytes();
            long cpu = threads.getCurrentThreadCpuTime();
            lookups(table, exact, prefix, none);
            cpu = threads.getCurrentThreadCpuTime() - cpu;
            bytes = threads.getCurrentThreadAllocatedBytes() - bytes;
            System.out.printf("%,d routes: %d ns of CPU per lookup%n", routes, cpu / (LOOKUPS * 3L));
            assertThat(bytes / (LOOKUPS * 3L)).isZero();
        }
    }

    private static long lookups(RouteTable table, RequestHead... requests) {
        long found = 0;
        for (int i = 0; i < LOOKUPS; i++) {
            for (RequestHead request : requests) {
                found += table.route(SERVICE, "client", request) instanceof Route ? 1 : 0;
            }
        }
        return found;
    }

    @Test
    void aPushThatTouchesOneServiceLeavesTheOthersAlone() {
        RouteStore store = store(1_000);
        RequestHead request = get("/tenants/t7");
        Routing before = store.table().route(SERVICE, "client", request);
        RoutesOf.put(
                store,
                "namespace: 'ns' name: 'x' parents { service { service { namespace: 'ns' hostname: 'other' } } } rules { }");
        assertThat(store.table().route(SERVICE, "client", request)).isSameAs(before);
    }
}
