package io.periplus.controlplane.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.periplus.model.input.RouteKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Routes in which anything may be anything: none stops the control plane, and each is told something (CM-2). */
class RouteNonsenseTest {
    private static final int ROUNDS = 1_000;
    private static final List<Object> NONSENSE = List.of(
            "",
            "x",
            "[",
            "-1s",
            "*.",
            "*",
            "\r\n",
            0,
            -1,
            70_000,
            3_000_000_000L,
            1.5,
            true,
            List.of(),
            Map.of(),
            List.of(1, "a"),
            Map.of("name", 7));
    private static final String ROUTE = """
            parentRefs:
            - {group: '', kind: Service, name: web, port: 80, sectionName: http}
            - {name: edge, sectionName: one}
            - {group: networking.istio.io, kind: Hostname, name: web.shop.svc.cluster.local}
            hostnames: [a.test, '*.b.test']
            rules:
            - name: first
              matches:
              - path: {type: PathPrefix, value: /a}
                method: {service: a.B, method: C, type: Exact}
                headers: [{name: a, type: RegularExpression, value: b}]
                queryParams: [{name: a, type: Exact, value: b}]
              filters:
              - {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}], remove: [c]}}
              - {type: URLRewrite, urlRewrite: {hostname: a, path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}
              - {type: RequestRedirect, requestRedirect: {scheme: http, port: 1, statusCode: 301}}
              - {type: RequestMirror, requestMirror: {backendRef: {name: api, port: 80}, fraction: {numerator: 1, denominator: 2}}}
              - {type: RequestMirror, requestMirror: {backendRef: {name: api, port: 80}, percent: 5}}
              - {type: CORS, cors: {allowOrigins: ['*'], allowMethods: [GET], maxAge: 5}}
              - {type: ExtensionRef, extensionRef: {group: a, kind: b, name: c}}
              backendRefs:
              - {name: api, port: 80, weight: 1, filters: [{type: CORS, cors: {}}]}
              - {group: networking.istio.io, kind: Hostname, name: api.shop.svc.cluster.local, port: 80}
              timeouts: {request: 1s, backendRequest: 500ms}
              retry: {codes: [500], attempts: 3, backoff: 1s}
              sessionPersistence: {type: Cookie, sessionName: s, absoluteTimeout: 1h, cookie: {name: s, path: /}}
            """;

    // Always the same sequence, so that a failure can be seen again.
    private final Random random = new Random(20260101);
    private final KubernetesSerialization yaml = new KubernetesSerialization();
    private final Cluster cluster = Cluster.shop()
            .gateway("shop/edge", "[{name: one, port: 80, protocol: HTTP}, {name: two, port: 81, protocol: TLS}]");

    @Test
    void noRouteIsStumbledOver() {
        for (int i = 1; i <= ROUNDS; i++) {
            Object spec = yaml.unmarshal(ROUTE, Map.class);
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                spec = changed(spec);
            }
            for (RouteKey.Kind kind : RouteKey.Kind.values()) {
                GenericKubernetesResource object = yaml.unmarshal(
                        "metadata: {name: r, namespace: shop, generation: " + i + "}", GenericKubernetesResource.class);
                object.setKind(kind.kind());
                object.setAdditionalProperty("spec", spec);
                object.setAdditionalProperty("status", Map.of("parents", List.of(changed(spec))));
                cluster.apply(yaml.asJson(object));
                long generation = i;
                // Derived from this very object, not left from the one before.
                assertThat(cluster.status(kind.kind() + "/shop/r"))
                        .as("%s", spec)
                        .allSatisfy(parent -> assertThat(parent.conditions())
                                .isNotEmpty()
                                .allSatisfy(
                                        c -> assertThat(c.observedGeneration()).isEqualTo(generation)));
            }
        }
    }

    /** The same with one thing in it replaced by nonsense, taken away or doubled. */
    private Object changed(Object value) {
        if (value instanceof Map<?, ?> map && !map.isEmpty() && random.nextInt(8) > 0) {
            Map<Object, Object> copy = new LinkedHashMap<>(map);
            Object key = List.copyOf(copy.keySet()).get(random.nextInt(copy.size()));
            if (random.nextInt(16) == 0) {
                copy.remove(key);
            } else {
                copy.put(key, changed(copy.get(key)));
            }
            return copy;
        }
        if (value instanceof List<?> list && !list.isEmpty() && random.nextInt(8) > 0) {
            List<Object> copy = new ArrayList<>(list);
            int at = random.nextInt(copy.size());
            if (random.nextInt(16) == 0) {
                copy.add(copy.get(at));
            } else {
                copy.set(at, changed(copy.get(at)));
            }
            return copy;
        }
        return NONSENSE.get(random.nextInt(NONSENSE.size()));
    }
}
