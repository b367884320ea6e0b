package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.NodeInput;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.SliceInput;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.NetworkMode;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Workloads and services as proxies receive them. */
class WorkloadTest {
    private static final NamespacedName WEB = Objects.name("accounts/web");
    private static final String SERVICE = "accounts/web.accounts.svc.cluster.local";
    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void cluster() {
        Objects.namespace(index, "istio-system", Map.of("topology.istio.io/network", "network1"));
        Objects.namespace(index, "accounts", Map.of());
        Objects.pod(index, "accounts/web", Map.of("app", "web"));
        Objects.service(index, "accounts/web", Map.of(), Map.of("app", "web"));
    }

    @Test
    void aPodHasItsUidNetworkClusterAndNames() {
        Workload workload = workload();
        assertThat(workload.getUid()).isEqualTo("cluster1//Pod/accounts/web");
        assertThat(workload.getNetwork()).isEqualTo("network1");
        assertThat(workload.getClusterId()).isEqualTo("cluster1");
        assertThat(workload.getTrustDomain()).isEmpty();
        assertThat(workload.getCanonicalName()).isEqualTo("web");
        assertThat(workload.getCanonicalRevision()).isEqualTo("latest");
        assertThat(workload.getWorkloadName()).isEqualTo("web");
        assertThat(workload.getTunnelProtocol()).isEqualTo(TunnelProtocol.HBONE);
    }

    @Test
    void theNetworkLabelMayComeLaterAndReachesEverything() {
        Objects.namespace(index, "istio-system", Map.of("topology.istio.io/network", "network2"));
        assertThat(workload().getNetwork()).isEqualTo("network2");
        assertThat(service().getAddresses(0).getNetwork()).isEqualTo("network2");
    }

    @Test
    void aNamedPortIsLookedUpInThePodAndLeftOutWhereThePodHasNone() {
        assertThat(workload().getServicesOrThrow(SERVICE).getPorts(0).getTargetPort())
                .isEqualTo(8080);
        index.watched.pods.put(WEB, with(Objects.pod("accounts/web", Map.of("app", "web")), Map.of()));
        assertThat(workload().getServicesOrThrow(SERVICE).getPortsCount()).isZero();
    }

    @Test
    void aPodWhoseLabelsNoLongerMatchLeavesTheService() {
        index.watched.pods.put(WEB, Objects.pod("accounts/web", Map.of("app", "other")));
        assertThat(workload().getServicesMap()).isEmpty();
    }

    @Test
    void aPodIsHealthyWhileItIsReady() {
        assertThat(workload().getStatus()).isEqualTo(WorkloadStatus.HEALTHY);
        PodInput p = Objects.pod("accounts/web", Map.of("app", "web"));
        index.watched.pods.put(
                WEB,
                new PodInput(
                        p.key(),
                        p.uid(),
                        p.labels(),
                        Map.of("ambient.istio.io/redirection", "pending"),
                        p.serviceAccount(),
                        p.node(),
                        true,
                        p.addresses(),
                        false,
                        false,
                        true,
                        new PodInput.Owner("ReplicaSet", "web-abc"),
                        p.ports()));
        Workload workload = workload();
        assertThat(workload.getStatus()).isEqualTo(WorkloadStatus.UNHEALTHY);
        assertThat(workload.getTunnelProtocol()).isEqualTo(TunnelProtocol.NONE);
        assertThat(workload.getNetworkMode()).isEqualTo(NetworkMode.HOST_NETWORK);
    }

    @Test
    void aFinishedPodIsGone() {
        PodInput p = Objects.pod("accounts/web", Map.of("app", "web"));
        index.watched.pods.put(
                WEB,
                new PodInput(
                        p.key(),
                        p.uid(),
                        p.labels(),
                        p.annotations(),
                        p.serviceAccount(),
                        p.node(),
                        false,
                        p.addresses(),
                        false,
                        true,
                        false,
                        null,
                        p.ports()));
        index.graph().settle();
        assertThat(index.podWorkloads.get(WEB)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "ReplicaSet, web-5d9c, 5d9c, web",
        "ReplicaSet, web-5d9c, '', web-5d9c",
        "Job, nightly-28391, '', nightly",
        "Job, nightly, '', nightly",
        "DaemonSet, agent, '', agent",
    })
    void theWorkloadIsNamedAfterWhatManagesIt(String kind, String owner, String hash, String expected) {
        PodInput p = Objects.pod("accounts/web", Map.of("app", "web", "pod-template-hash", hash));
        index.watched.pods.put(
                WEB,
                new PodInput(
                        p.key(),
                        p.uid(),
                        p.labels(),
                        p.annotations(),
                        p.serviceAccount(),
                        p.node(),
                        false,
                        p.addresses(),
                        true,
                        false,
                        true,
                        new PodInput.Owner(kind, owner),
                        p.ports()));
        assertThat(workload().getWorkloadName()).isEqualTo(expected);
    }

    @Test
    void aPodIsWhereItsNodeIs() {
        assertThat(workload().hasLocality()).isFalse();
        index.watched.nodes.put("node1", new NodeInput("node1", "r", "z", "s"));
        assertThat(workload().getLocality().getZone()).isEqualTo("z");
    }

    @ParameterizedTest
    @CsvSource({
        "25, smtp, , TCP",
        "53, '', , TCP",
        "3306, db, , TCP",
        "27017, db, , TCP",
        "5432, db, , UNKNOWN",
        "3306, http, , HTTP11",
        "25, mail, http, HTTP11"
    })
    void aWellKnownNumberSaysTcpWhereNothingElseIsSaid(
            int number, String name, String appProtocol, AppProtocol expected) {
        ServiceInput s = Objects.service("accounts/web", Map.of(), Map.of("app", "web"));
        index.watched.services.put(
                WEB, withPort(s, new ServiceInput.ServicePort(name, number, "TCP", appProtocol, null, 8080)));
        assertThat(service().getPorts(0).getAppProtocol()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "http, , HTTP11", "http-web, , HTTP11", "grpc, , GRPC", "grpc-web, , GRPC", "http2, , HTTP2",
        "web, , UNKNOWN", "web, kubernetes.io/h2c, HTTP2", "http, tcp, TCP", "https, , TLS", "mysql, , TCP",
        "HTTP, , HTTP11"
    })
    void aPortDeclaresItsProtocol(String name, String appProtocol, AppProtocol expected) {
        ServiceInput s = Objects.service("accounts/web", Map.of(), Map.of("app", "web"));
        index.watched.services.put(
                WEB, withPort(s, new ServiceInput.ServicePort(name, 80, "TCP", appProtocol, null, 8080)));
        assertThat(service().getPorts(0).getAppProtocol()).isEqualTo(expected);
    }

    @Test
    void aServiceWithoutAnAddressHasNone() {
        ServiceInput s = Objects.service("accounts/web", Map.of(), Map.of("app", "web"));
        index.watched.services.put(WEB, with(s, "ClusterIP", List.of("None"), "", ""));
        assertThat(service().getAddressesCount()).isZero();
        assertThat(workload().getServicesMap()).containsKey(SERVICE);
    }

    @Test
    void anExternalNameIsLeftOut() {
        ServiceInput s = Objects.service("accounts/web", Map.of(), Map.of("app", "web"));
        index.watched.services.put(WEB, with(s, "ExternalName", List.of(), "", ""));
        index.graph().settle();
        assertThat(index.services.get(WEB)).isNull();
    }

    @Test
    void theFirstFieldThatSpeaksDecidesOnLocality() {
        ServiceInput s = Objects.service("accounts/web", Map.of(), Map.of("app", "web"));
        assertThat(service().hasLoadBalancing()).isFalse();
        index.watched.services.put(WEB, with(s, "ClusterIP", List.of("10.96.0.1"), "Local", "PreferClose"));
        assertThat(service().getLoadBalancing().getMode()).isEqualTo(LoadBalancing.Mode.STRICT);
        index.watched.services.put(WEB, with(s, "ClusterIP", List.of("10.96.0.1"), "", "PreferClose"));
        assertThat(service().getLoadBalancing().getRoutingPreferenceList())
                .containsExactly(LoadBalancing.Scope.NETWORK, LoadBalancing.Scope.REGION, LoadBalancing.Scope.ZONE);
        index.watched.services.put(WEB, s);
        index.watched.namespaces.put(
                "accounts",
                new NamespaceInput(
                        "accounts", Map.of(), Map.of("networking.istio.io/traffic-distribution", "preferSameNode")));
        assertThat(service().getLoadBalancing().getRoutingPreferenceCount()).isEqualTo(5);
    }

    @Test
    void anEndpointThatIsNoPodIsAWorkloadWithoutAnIdentity() {
        index.watched.slices.put(
                Objects.name("accounts/web-1"),
                new SliceInput(
                        Objects.name("accounts/web-1"),
                        "web",
                        "IPv4",
                        List.of(new SliceInput.SlicePort("http", 8081, "TCP")),
                        List.of(
                                new SliceInput.Endpoint(List.of("192.0.2.1"), true, null, ""),
                                new SliceInput.Endpoint(List.of("10.1.0.5"), true, WEB, "uid-web"))));
        index.graph().settle();
        assertThat(index.sliceWorkloads.entries().keySet())
                .containsExactly("cluster1/discovery.k8s.io/EndpointSlice/accounts/web-1/192.0.2.1");
        Workload workload =
                index.sliceWorkloads.entries().values().iterator().next().forZtunnel();
        assertThat(workload.getNetworkMode()).isEqualTo(NetworkMode.HOST_NETWORK);
        assertThat(workload.getServicesOrThrow(SERVICE).getPorts(0).getTargetPort())
                .isEqualTo(8081);
    }

    @Test
    void aSliceOfAServiceWithoutSelectorPutsThePodBehindIt() {
        Objects.service(index, "accounts/manual", Map.of(), Map.of());
        index.watched.slices.put(
                Objects.name("accounts/manual-1"),
                new SliceInput(
                        Objects.name("accounts/manual-1"),
                        "manual",
                        "IPv4",
                        List.of(),
                        List.of(new SliceInput.Endpoint(List.of("10.1.0.5"), true, WEB, "uid-web"))));
        assertThat(workload().getServicesMap()).containsKey("accounts/manual.accounts.svc.cluster.local");
    }

    private Workload workload() {
        index.graph().settle();
        return java.util.Objects.requireNonNull(index.podWorkloads.get(WEB)).forZtunnel();
    }

    private Service service() {
        index.graph().settle();
        return java.util.Objects.requireNonNull(index.services.get(WEB)).message();
    }

    private static PodInput with(PodInput p, Map<String, Integer> ports) {
        return new PodInput(
                p.key(),
                p.uid(),
                p.labels(),
                p.annotations(),
                p.serviceAccount(),
                p.node(),
                p.hostNetwork(),
                p.addresses(),
                p.ready(),
                p.finished(),
                p.generateName(),
                p.owner(),
                ports);
    }

    private static ServiceInput withPort(ServiceInput s, ServiceInput.ServicePort port) {
        return new ServiceInput(
                s.key(),
                s.uid(),
                s.created(),
                s.labels(),
                s.annotations(),
                s.type(),
                s.clusterIps(),
                List.of(),
                s.ipFamilies(),
                List.of(port),
                s.selector(),
                false,
                "",
                "",
                List.of());
    }

    private static ServiceInput with(
            ServiceInput s, String type, List<String> ips, String trafficPolicy, String distribution) {
        return new ServiceInput(
                s.key(),
                s.uid(),
                s.created(),
                s.labels(),
                s.annotations(),
                type,
                ips,
                List.of(),
                s.ipFamilies(),
                s.ports(),
                s.selector(),
                false,
                trafficPolicy,
                distribution,
                List.of());
    }
}
