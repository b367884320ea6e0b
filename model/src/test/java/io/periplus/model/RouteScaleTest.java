package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.model.collection.Collection;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteInput.Backend;
import io.periplus.model.input.RouteInput.BackendRef;
import io.periplus.model.input.RouteInput.ParentRef;
import io.periplus.model.input.RouteInput.Rule;
import io.periplus.model.input.RouteKey;
import io.periplus.model.route.ListenerKey;
import io.periplus.model.route.ParentKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Ten thousand routes, at one listener and at one service: what a change of one of them costs. */
class RouteScaleTest {
    private static final int ROUTES = 10_000;
    private static final ParentRef EDGE = new ParentRef(null, null, null, "edge", null, null);
    private static final ParentRef WEB = new ParentRef("", "Service", null, "web", null, null);

    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @Test
    void aChangeOfOneRouteLeavesTheOthersAsTheyAre() {
        Objects.namespace(index, "shop", Map.of("istio.io/use-waypoint", "waypoint"));
        Objects.waypoint(index, "shop/waypoint");
        Objects.service(index, "shop/web", Map.of(), Map.of());
        GatewayInput waypoint = Objects.gateway("shop/edge", false, Map.of(), "Same");
        index.watched.gateways.put(
                waypoint.key(),
                new GatewayInput(
                        waypoint.key(),
                        "uid",
                        1,
                        "",
                        Map.of(),
                        Map.of(),
                        "istio",
                        List.of(new GatewayInput.Listener("http", 80, "HTTP", new GatewayInput.Allowed("Same", null))),
                        null,
                        null,
                        List.of(),
                        List.of(),
                        List.of()));
        for (int i = 0; i < ROUTES; i++) {
            put(i, "web");
        }
        index.graph().settle();
        assertThat(index.routes.attachedRoutes.get(
                        new ListenerKey(ParentKey.gateway(Objects.name("shop/edge")), "http")))
                .isEqualTo(ROUTES);
        assertThat(index.routes.served.entries()).hasSize(2 * ROUTES);

        RouteKey one = put(4321, "missing");
        List<Map<Object, Object>> before = snapshot();
        index.graph().settle();
        List<Map<Object, Object>> after = snapshot();
        for (int i = 0; i < before.size(); i++) {
            Map<Object, Object> then = before.get(i);
            // What is derived again is another object, even if it is equal.
            assertThat(after.get(i).entrySet())
                    .filteredOn(entry -> then.get(entry.getKey()) != entry.getValue())
                    .allSatisfy(entry -> assertThat(entry.getKey().toString())
                            .contains(one.name().name()));
        }
    }

    private List<Map<Object, Object>> snapshot() {
        return List.of(copy(index.routes.parents), copy(index.routes.served), copy(index.routes.statuses));
    }

    private static <K, V> Map<Object, Object> copy(Collection<K, V> collection) {
        return new HashMap<>(collection.entries());
    }

    // Every other one has a host of its own, the rest share one.
    private RouteKey put(int number, String backend) {
        RouteKey key = new RouteKey(RouteKey.Kind.HTTP, Objects.name("shop/route-" + number));
        index.watched.routes.put(
                key,
                new RouteInput(
                        key,
                        1,
                        "2026-01-01T00:00:00Z",
                        List.of(EDGE, WEB),
                        List.of(number % 2 == 0 ? "shared.test" : "host" + number + ".test"),
                        List.of(new Rule(
                                "",
                                List.of(),
                                false,
                                List.of(),
                                List.of(new Backend(
                                        new BackendRef("", "Service", null, backend, 80), 1, List.of(), "", List.of())),
                                null,
                                null,
                                null,
                                "",
                                List.of()))));
        return key;
    }
}
