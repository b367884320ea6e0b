package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.IpAddresses;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.EndpointInput;
import io.periplus.model.input.LabelSelectorInput;
import io.periplus.model.input.ServiceEntryInput;
import io.periplus.model.input.ServiceEntryInput.HostAddress;
import io.periplus.model.input.ServiceInput.ServicePort;
import io.periplus.model.input.Watched;
import io.periplus.model.input.WorkloadEntryInput;
import io.periplus.model.mesh.EntryVisibility;
import io.periplus.model.mesh.EntryVisibility.Level;
import io.periplus.model.mesh.EntryVisibility.Rule;
import io.periplus.model.mesh.MeshConfig;
import io.periplus.model.status.ConditionSet;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.LoadBalancing.HealthPolicy;
import io.periplus.wire.workload.LoadBalancing.Mode;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.Service.Visibility;
import io.periplus.wire.workload.Workload;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
    void aHostPassesToAnOlderEntryThatIsEditedAndToOneThatTakesTheOthersPlace() {
        put(entry("egress/old", "1", "STATIC", List.of("b.example"), List.of()));
        put(entry("egress/young", "2", "STATIC", List.of("a.example"), List.of()));
        index.graph().settle();
        put(entry("egress/old", "1", "STATIC", List.of("a.example", "b.example"), List.of()));
        index.graph().settle();
        assertThat(service("egress/a.example").key().name()).isEqualTo("old");

        put(entry("egress/renamed", "3", "STATIC", List.of("a.example", "b.example"), List.of()));
        index.watched.serviceEntries.remove(Objects.name("egress/old"));
        index.watched.serviceEntries.remove(Objects.name("egress/young"));
        index.graph().settle();
        assertThat(service("egress/a.example").key().name()).isEqualTo("renamed");
        assertThat(service("egress/b.example").key().name()).isEqualTo("renamed");
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

    private void machine(Map<String, String> labels) {
        EndpointInput endpoint = new EndpointInput("192.0.2.7", Map.of(), Map.of(), "", "", 0, "vm");
        index.watched.workloadEntries.put(
                Objects.name("egress/vm"),
                new WorkloadEntryInput(Objects.name("egress/vm"), labels, Map.of(), endpoint, List.of()));
        index.graph().settle();
    }

    private Workload machine() {
        return index.entryWorkloads.get(Objects.name("egress/vm")).forZtunnel();
    }

    private @Nullable ConditionInput machineCondition() {
        return java.util.Objects.requireNonNull(index.workloadEntryStatus.get(Objects.name("egress/vm")))
                .wanted();
    }

    // control-plane 1.2, 2.2, 2.6
    @Test
    void workloadsThatAuthorsWriteDownHaveWaypointsAsPodsDo() {
        index.watched.gateways.put(
                Objects.name("egress/waypoint"),
                Objects.gateway("egress/waypoint", true, Map.of("istio.io/waypoint-for", "all"), "Same"));
        machine(Map.of());
        assertThat(machine().hasWaypoint()).isFalse();
        assertThat(machineCondition()).isNull();

        machine(Map.of("istio.io/use-waypoint", "waypoint"));
        assertThat(machine().getWaypoint().getHostname().getHostname()).isEqualTo("waypoint.egress.svc.cluster.local");
        assertThat(machineCondition().reason()).isEqualTo("WaypointAccepted");
        assertThat(machineCondition().message()).isEqualTo("Successfully attached to waypoint egress/waypoint");

        machine(Map.of("istio.io/use-waypoint", "bogus"));
        assertThat(machine().hasWaypoint()).isFalse();
        assertThat(machineCondition().reason()).isEqualTo("WaypointIsNotReady");

        Map<String, String> labels = Map.of("istio.io/use-waypoint", "waypoint");
        put(entry(
                "egress/api",
                "1",
                "STATIC",
                List.of("a.example"),
                List.of(
                        new EndpointInput("192.0.2.1", Map.of(), labels, "", "", 0, ""),
                        new EndpointInput("192.0.2.2", Map.of(), Map.of(), "", "", 0, ""))));
        index.graph().settle();
        String uid = "cluster1/networking.istio.io/ServiceEntry/egress/api/192.0.2.";
        assertThat(index.entryEndpoints.get(uid + "1").forZtunnel().hasWaypoint())
                .isTrue();
        assertThat(index.entryEndpoints.get(uid + "2").forZtunnel().hasWaypoint())
                .isFalse();
    }

    private Map<String, String> conditions(String entry) {
        index.graph().settle();
        ConditionSet status = java.util.Objects.requireNonNull(index.entryStatus.get(Objects.name(entry)));
        return status.all().stream()
                .collect(Collectors.toMap(ConditionInput::type, c -> c.status() + " " + c.reason()));
    }

    @Test
    void anEntryThatNeedsAWaypointIsToldSo() {
        put(entry("egress/wild", "1", "DYNAMIC_DNS", List.of("*.example"), List.of()));
        assertThat(conditions("egress/wild"))
                .containsExactly(Map.entry("istio.io/WaypointMissing", "True NoWaypointForWildcardService"));
        put(annotated(
                entry("egress/race", "1", "DNS", List.of("a.example"), List.of()),
                Map.of("istio.io/connect-strategy", "RACE_FIRST_TCP_CONNECT")));
        assertThat(conditions("egress/race"))
                .containsExactly(Map.entry("istio.io/WaypointMissing", "True NoWaypointForRacingConnectStrategy"));
        Objects.namespace(index, "egress", Map.of("istio.io/use-waypoint", "waypoint"));
        Objects.waypoint(index, "egress/waypoint");
        assertThat(conditions("egress/wild"))
                .containsExactly(Map.entry("istio.io/WaypointBound", "True WaypointAccepted"));
        assertThat(conditions("egress/race")).containsOnlyKeys("istio.io/WaypointBound");
    }

    private static ServiceEntryInput annotated(ServiceEntryInput entry, Map<String, String> annotations) {
        return new ServiceEntryInput(
                entry.key(),
                entry.created(),
                entry.labels(),
                annotations,
                entry.hosts(),
                entry.addresses(),
                entry.allocated(),
                entry.ports(),
                entry.resolution(),
                entry.endpoints(),
                entry.selector(),
                entry.subjectAltNames(),
                entry.conditions());
    }

    private void visibility(Level otherwise, Level ofPublishers) {
        Rule rule = new Rule(ofPublishers, List.of(new LabelSelectorInput(Map.of("publishes", "yes"), List.of())));
        index.watched.meshConfig.put(
                Watched.MESH,
                new MeshConfig(
                        Map.of(), Map.of(), List.of(), List.of(), new EntryVisibility(otherwise, List.of(rule)), null));
        index.graph().settle();
    }

    @Test
    void theMeshSaysWhoSeesEntries() {
        put(entry("egress/api", "1", "DNS", List.of("a.example"), List.of()));
        Objects.namespace(index, "central", Map.of("publishes", "yes"));
        put(entry("central/api", "2", "DNS", List.of("a.example"), List.of()));
        assertThat(conditions("egress/api")).isEmpty();
        assertThat(service("egress/a.example").message().getCanonical()).isTrue();

        visibility(Level.NAMESPACE, Level.PUBLIC);
        assertThat(service("egress/a.example").message().getVisibility()).isEqualTo(Visibility.NAMESPACE);
        assertThat(service("egress/a.example").message().getCanonical()).isFalse();
        assertThat(service("central/a.example").message().getVisibility()).isEqualTo(Visibility.PUBLIC);
        assertThat(service("central/a.example").message().getCanonical()).isTrue();
        assertThat(conditions("egress/api")).containsEntry("istio.io/VisibilityApplied", "True Namespace");
        assertThat(conditions("central/api")).containsEntry("istio.io/VisibilityApplied", "True Public");

        visibility(Level.NONE, Level.PUBLIC);
        assertThat(index.entryServices.get("egress/a.example")).isNull();
        assertThat(index.entryEndpoints.entries().keySet()).noneMatch(uid -> uid.contains("/egress/api/"));
    }

    @Test
    void anEntryThatOnlyItsNamespaceSeesHasNoWaypointElsewhere() {
        Objects.namespace(
                index,
                "egress",
                Map.of("istio.io/use-waypoint", "waypoint", "istio.io/use-waypoint-namespace", "central"));
        Objects.namespace(index, "central", Map.of());
        index.watched.gateways.put(
                Objects.name("central/waypoint"), Objects.gateway("central/waypoint", true, Map.of(), "All"));
        put(entry("egress/api", "1", "DNS", List.of("a.example"), List.of()));
        assertThat(conditions("egress/api")).containsEntry("istio.io/WaypointBound", "True WaypointAccepted");
        visibility(Level.NAMESPACE, Level.PUBLIC);
        assertThat(conditions("egress/api"))
                .containsEntry("istio.io/WaypointBound", "False CrossNamespaceWaypointForbidden");
        assertThat(service("egress/a.example").message().hasWaypoint()).isFalse();
    }

    // control-plane 2.1
    @Test
    void namespacesThatTheMeshDoesNotDiscoverAreNotPartOfIt() {
        Objects.namespace(index, "shop", Map.of("mesh", "yes"));
        Objects.service(index, "shop/web", Map.of(), Map.of());
        Objects.service(index, "egress/web", Map.of(), Map.of());
        Objects.service(index, "istio-system/web", Map.of(), Map.of());
        List<LabelSelectorInput> selectors = List.of(new LabelSelectorInput(Map.of("mesh", "yes"), List.of()));
        index.watched.meshConfig.put(
                Watched.MESH, new MeshConfig(Map.of(), Map.of(), List.of(), selectors, null, null));
        index.graph().settle();
        assertThat(namespacesOfServices()).containsExactlyInAnyOrder("shop", "istio-system");
        Objects.service(index, "egress/later", Map.of(), Map.of());
        index.graph().settle();
        assertThat(namespacesOfServices()).doesNotContain("egress");
        Objects.namespace(index, "egress", Map.of("mesh", "yes"));
        Objects.namespace(index, "shop", Map.of());
        index.graph().settle();
        assertThat(namespacesOfServices()).containsExactlyInAnyOrder("egress", "egress", "istio-system");
        index.watched.meshConfig.put(Watched.MESH, MeshConfig.NONE);
        index.graph().settle();
        assertThat(namespacesOfServices()).hasSize(4);
    }

    private List<String> namespacesOfServices() {
        return index.services.entries().values().stream()
                .map(service -> service.key().namespace())
                .toList();
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
