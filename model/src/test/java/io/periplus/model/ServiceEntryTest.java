package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.IpAddresses;
import io.periplus.model.input.EndpointInput;
import io.periplus.model.input.ServiceEntryInput;
import io.periplus.model.input.ServiceEntryInput.HostAddress;
import io.periplus.model.input.ServiceInput.ServicePort;
import io.periplus.model.input.WorkloadEntryInput;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.LoadBalancing.HealthPolicy;
import io.periplus.wire.workload.LoadBalancing.Mode;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.Workload;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Services that Kubernetes does not know. */
class ServiceEntryTest {
    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void namespaces() {
        Objects.namespace(index, "istio-system", Map.of());
        Objects.namespace(index, "egress", Map.of());
    }

    private static ServiceEntryInput entry(
            String name, String created, String resolution, List<String> hosts, List<EndpointInput> endpoints) {
        return new ServiceEntryInput(
                Objects.name(name),
                created,
                Map.of(),
                Map.of(),
                hosts,
                List.of(),
                List.of(),
                List.of(new ServicePort("http", 80, "TCP", "http", null, 8080)),
                resolution,
                endpoints,
                Map.of(),
                List.of(),
                List.of());
    }

    private static EndpointInput endpoint(String address) {
        return new EndpointInput(address, Map.of(), Map.of(), "", "region1/zone1", 0, "");
    }

    private void put(ServiceEntryInput entry) {
        index.watched.serviceEntries.put(entry.key(), entry);
    }

    private ServiceInfo service(String name) {
        ServiceInfo found = index.entryServices.get(name);
        assertThat(found).as(name).isNotNull();
        return found;
    }

    private List<String> addresses(String name) {
        return service(name).message().getAddressesList().stream()
                .map(address -> IpAddresses.canonical(
                        IpAddresses.of(address.getAddress().toByteArray())))
                .toList();
    }

    @Test
    void eachHostIsAServiceWithTheEndpointsOfTheEntry() {
        put(entry("egress/api", "1", "STATIC", List.of("a.example", "b.example"), List.of(endpoint("192.0.2.1"))));
        index.graph().settle();
        assertThat(service("egress/a.example").message().getPorts(0).getAppProtocol())
                .isEqualTo(AppProtocol.HTTP11);
        assertThat(addresses("egress/a.example")).hasSize(2).first().asString().startsWith("240.240.");
        assertThat(addresses("egress/a.example")).doesNotContainAnyElementsOf(addresses("egress/b.example"));
        Workload workload = index.entryEndpoints
                .get("cluster1/networking.istio.io/ServiceEntry/egress/api/192.0.2.1")
                .forZtunnel();
        assertThat(workload.getServicesMap()).containsOnlyKeys("egress/a.example", "egress/b.example");
        assertThat(workload.getServicesMap().get("egress/a.example").getPortsList())
                .containsExactly(
                        Port.newBuilder().setServicePort(80).setTargetPort(8080).build());
        assertThat(workload.getLocality().getZone()).isEqualTo("zone1");
    }

    @Test
    void addressesThatWereChosenStayAndTheOlderEntryKeepsAContestedOne() {
        ServiceEntryInput older = entry("egress/older", "1", "DNS", List.of("a.example"), List.of());
        ServiceEntryInput younger = entry("egress/younger", "2", "DNS", List.of("b.example"), List.of());
        put(withAllocated(older, "240.240.9.9"));
        put(withAllocated(younger, "240.240.9.9"));
        index.graph().settle();
        assertThat(addresses("egress/a.example")).containsExactly("240.240.9.9");
        assertThat(addresses("egress/b.example")).doesNotContain("240.240.9.9").isNotEmpty();
    }

    private static ServiceEntryInput withAllocated(ServiceEntryInput entry, String address) {
        return new ServiceEntryInput(
                entry.key(),
                entry.created(),
                entry.labels(),
                entry.annotations(),
                entry.hosts(),
                entry.addresses(),
                List.of(new HostAddress(entry.hosts().getFirst(), address)),
                entry.ports(),
                entry.resolution(),
                entry.endpoints(),
                entry.selector(),
                entry.subjectAltNames(),
                entry.conditions());
    }

    @Test
    void aHostIsTheOlderEntrysAndAKubernetesServiceHasItBeforeBoth() {
        put(entry("egress/young", "2", "STATIC", List.of("a.example"), List.of(endpoint("192.0.2.2"))));
        put(entry("egress/old", "1", "STATIC", List.of("a.example"), List.of(endpoint("192.0.2.1"))));
        index.graph().settle();
        assertThat(service("egress/a.example").key().name()).isEqualTo("old");
        assertThat(index.entryEndpoints.get("cluster1/networking.istio.io/ServiceEntry/egress/young/192.0.2.2"))
                .isNull();

        put(entry("egress/shadow", "0", "STATIC", List.of("web.egress.svc.cluster.local"), List.of()));
        Objects.service(index, "egress/web", Map.of(), Map.of("app", "web"));
        index.graph().settle();
        assertThat(index.entryServices.get("egress/web.egress.svc.cluster.local"))
                .isNull();
    }

    @Test
    void withoutEndpointsDnsAsksForTheHostAndNonePassesThrough() {
        put(entry("egress/dns", "1", "DNS", List.of("a.example"), List.of()));
        put(entry("egress/none", "1", "NONE", List.of("b.example"), List.of()));
        index.graph().settle();
        assertThat(index.entryEndpoints
                        .get("cluster1/networking.istio.io/ServiceEntry/egress/dns/a.example")
                        .forZtunnel()
                        .getHostname())
                .isEqualTo("a.example");
        var balancing = service("egress/b.example").message().getLoadBalancing();
        assertThat(balancing.getMode()).isEqualTo(Mode.PASSTHROUGH);
        assertThat(balancing.getHealthPolicy()).isEqualTo(HealthPolicy.ALLOW_ALL);
        assertThat(addresses("egress/b.example")).isEmpty();
    }

    @Test
    void workloadEntriesBackServicesAndEntriesThatSelectThem() {
        Objects.service(index, "egress/web", Map.of(), Map.of("app", "web"));
        index.watched.workloadEntries.put(
                Objects.name("egress/vm"),
                new WorkloadEntryInput(
                        Objects.name("egress/vm"),
                        Map.of("app", "web"),
                        Map.of(),
                        new EndpointInput("192.0.2.7", Map.of("http", 9090), Map.of(), "", "", 3, "vm"),
                        List.of()));
        index.graph().settle();
        Workload workload = index.entryWorkloads.get(Objects.name("egress/vm")).forZtunnel();
        assertThat(workload.getUid()).isEqualTo("cluster1/networking.istio.io/WorkloadEntry/egress/vm");
        assertThat(workload.getServicesMap()
                        .get("egress/web.egress.svc.cluster.local")
                        .getPortsList())
                .containsExactly(
                        Port.newBuilder().setServicePort(80).setTargetPort(9090).build());
        assertThat(workload.getCapacity().getValue()).isEqualTo(3);
        assertThat(workload.getServiceAccount()).isEqualTo("vm");
    }

    @Test
    void anEntryIsBoundToTheWaypointOfItsNamespaceAndPoliciesFindItThere() {
        Objects.namespace(index, "egress", Map.of("istio.io/use-waypoint", "waypoint"));
        Objects.waypoint(index, "egress/waypoint");
        put(entry("egress/api", "1", "DNS", List.of("a.example"), List.of()));
        Objects.policy(
                index,
                "egress/only-get",
                Map.of(
                        "targetRefs",
                        List.of(Map.of("group", "networking.istio.io", "kind", "ServiceEntry", "name", "api")),
                        "rules",
                        List.of(Objects.to("methods", "GET"))));
        index.graph().settle();
        assertThat(service("egress/a.example").message().hasWaypoint()).isTrue();
        assertThat(index.waypointPolicies.entries().values().stream()
                        .flatMap(policy -> policy.getTargetsList().stream())
                        .map(target -> target.getService().getHostname())
                        .sorted(Comparator.naturalOrder()))
                .containsExactly("a.example");
        assertThat(index.policyStatuses
                        .get(Objects.name("egress/only-get"))
                        .waypoint()
                        .message())
                .isEqualTo("bound to egress/waypoint");
    }
}
