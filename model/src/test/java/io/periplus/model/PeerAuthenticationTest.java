package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.security.PeerAuthentication;
import io.periplus.api.security.PeerAuthentication.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every combination of modes at the four levels, against the inheritance that the documentation describes. */
class PeerAuthenticationTest {
    private static final int PORT = 8080;
    private static final int OTHER_PORT = 9090;
    private static final String SOMEBODY = "cluster.local/ns/finance/sa/curl";

    // Null stands for a level without a policy.
    private static List<@Nullable Mode> modes() {
        List<@Nullable Mode> modes = new ArrayList<>(Arrays.asList(Mode.values()));
        modes.add(null);
        return modes;
    }

    @Test
    void portOverWorkloadOverNamespaceOverMeshInEveryCombination() {
        int combinations = 0;
        for (Mode mesh : modes()) {
            for (Mode namespace : modes()) {
                for (Mode workload : modes()) {
                    for (Mode port : workload == null ? Arrays.<@Nullable Mode>asList((Mode) null) : modes()) {
                        check(mesh, namespace, workload, port);
                        combinations++;
                    }
                }
            }
        }
        assertThat(combinations).isEqualTo(5 * 5 * (4 * 5 + 1));
    }

    private static void check(
            @Nullable Mode mesh, @Nullable Mode namespace, @Nullable Mode workload, @Nullable Mode port) {
        AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));
        Objects.namespace(index, "istio-system", Map.of());
        Objects.namespace(index, "accounts", Map.of());
        Objects.pod(index, "accounts/web", Map.of("app", "web"));
        Objects.pod(index, "accounts/other", Map.of("app", "other"));
        if (mesh != null) {
            put(index, Objects.peer("istio-system/mesh", null, mesh, Map.of()));
        }
        if (namespace != null) {
            put(index, Objects.peer("accounts/namespace", null, namespace, Map.of()));
        }
        if (workload != null) {
            Map<Integer, Mode> ports = port == null ? Map.of() : Map.of(PORT, port);
            put(index, Objects.peer("accounts/workload", Map.of("app", "web"), workload, ports));
        }
        index.graph().settle();

        boolean strictByDefault = strict(workload, strict(namespace, strict(mesh, false)));
        ZtunnelJudge ztunnel = new ZtunnelJudge(index);
        String what = "mesh %s, namespace %s, workload %s, port %s".formatted(mesh, namespace, workload, port);
        assertThat(ztunnel.accepts("accounts/web", "", PORT)).as(what).isEqualTo(!strict(port, strictByDefault));
        assertThat(ztunnel.accepts("accounts/web", "", OTHER_PORT))
                .as("%s, another port", what)
                .isEqualTo(!strictByDefault);
        assertThat(ztunnel.accepts("accounts/other", "", PORT))
                .as("%s, another workload", what)
                .isEqualTo(!strict(namespace, strict(mesh, false)));
        assertThat(ztunnel.accepts("accounts/web", SOMEBODY, PORT))
                .as("%s, mutual TLS", what)
                .isTrue();
    }

    private static boolean strict(@Nullable Mode mode, boolean inherited) {
        return mode == null || mode == Mode.UNSET ? inherited : mode == Mode.STRICT;
    }

    @Test
    void theOldestWinsWithinALevel() {
        AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));
        Objects.namespace(index, "accounts", Map.of());
        Objects.pod(index, "accounts/web", Map.of("app", "web"));
        put(
                index,
                new PeerAuthentication(
                        Objects.name("accounts/a"),
                        "2026-01-02T00:00:00Z",
                        null,
                        Mode.PERMISSIVE,
                        Map.of(),
                        List.of()));
        put(
                index,
                new PeerAuthentication(
                        Objects.name("accounts/b"), "2026-01-01T00:00:00Z", null, Mode.STRICT, Map.of(), List.of()));
        index.graph().settle();
        assertThat(new ZtunnelJudge(index).accepts("accounts/web", "", PORT)).isFalse();
    }

    @Test
    void aSelectorInTheRootNamespaceSelectsNothing() {
        AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));
        Objects.namespace(index, "istio-system", Map.of());
        Objects.namespace(index, "accounts", Map.of());
        Objects.pod(index, "accounts/web", Map.of("app", "web"));
        put(index, Objects.peer("istio-system/selecting", Map.of("app", "web"), Mode.STRICT, Map.of()));
        index.graph().settle();
        assertThat(new ZtunnelJudge(index).accepts("accounts/web", "", PORT)).isTrue();
    }

    private static void put(AmbientIndex index, PeerAuthentication peer) {
        index.watched.peerAuthentications.put(peer.key(), peer);
    }
}
