package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.ApplicationTunnel;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.WeightedWaypoint;
import io.periplus.wire.workload.Workload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a CONNECT may ask of the pod that is at 10.0.0.9, an instance of service {@code waypoint} at 10.96.0.9. */
final class InboundTargetTest {
    private static final String POD = "10.0.0.9";
    private static final String HOST = "waypoint.shop.svc";

    private final IndexStore index = new IndexStore();

    @BeforeEach
    void waypointByPodAndByService() {
        publish(pod().build());
        publish(service("waypoint", "10.96.0.9")
                .addPorts(Port.newBuilder().setServicePort(15008).setTargetPort(15008))
                .addPorts(Port.newBuilder().setServicePort(80).setTargetPort(8080))
                .addPorts(Port.newBuilder().setServicePort(81))
                .addPorts(Port.newBuilder().setServicePort(99).setTargetPort(15001))
                .build());
        publish(service("by-pod", "10.96.0.1").setWaypoint(at(POD)).build());
        publish(service("by-vip", "10.96.0.2").setWaypoint(at("10.96.0.9")).build());
        publish(service("by-name", "10.96.0.3").setWaypoint(named(HOST)).build());
        publish(service("by-weight", "10.96.0.4")
                .setWaypoint(at("10.0.0.77"))
                .addWeightedWaypoints(WeightedWaypoint.newBuilder()
                        .setDestination(named(HOST))
                        .setWeight(1))
                .build());
        publish(service("by-workload-name", "10.96.0.5")
                .setWaypoint(named("pod.example"))
                .build());
        publish(service("of-another", "10.96.0.6").setWaypoint(at("10.0.0.77")).build());
        publish(service("without", "10.96.0.7").build());
        publish(workload("behind-pod", "10.0.1.1").setWaypoint(at(POD)).build());
        publish(workload("behind-vip", "10.0.1.2").setWaypoint(at("10.96.0.9")).build());
        publish(workload("behind-another", "10.0.1.3")
                .setWaypoint(at("10.0.0.77"))
                .build());
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # authority,        plain,             with a PROXY tunnel, PROXY to 15088
            10.0.0.9:80,        80,                80 10.0.0.9:80,      15088 10.0.0.9:80
            10.96.0.1:80,       80,                80 10.96.0.1:80,     15088 10.96.0.1:80
            10.96.0.2:80,       80,                80 10.96.0.2:80,     15088 10.96.0.2:80
            10.96.0.3:80,       80,                80 10.96.0.3:80,     15088 10.96.0.3:80
            10.96.0.4:80,       80,                80 10.96.0.4:80,     15088 10.96.0.4:80
            10.96.0.5:80,       80,                80 10.96.0.5:80,     15088 10.96.0.5:80
            10.0.1.1:80,        80,                80 10.0.1.1:80,      15088 10.0.1.1:80
            10.0.1.2:80,        80,                80 10.0.1.2:80,      15088 10.0.1.2:80
            10.96.0.6:80,       400 ip mismatch,   80 10.96.0.6:80,     15088 10.96.0.6:80
            10.96.0.7:80,       400 ip mismatch,   80 10.96.0.7:80,     15088 10.96.0.7:80
            10.0.1.3:80,        400 ip mismatch,   80 10.0.1.3:80,      15088 10.0.1.3:80
            192.0.2.1:80,       400 ip mismatch,   80 192.0.2.1:80,     15088 192.0.2.1:80
            10.0.0.9:15008,     503 own,           503 own,             503 own
            10.0.0.9:15001,     503 own,           503 own,             503 own
            10.96.0.1:15006,    503 own,           503 own,             503 own
            waypoint.shop.svc:80,  8080,           8080 10.96.0.9:80,   15088 10.96.0.9:80
            waypoint.shop.svc:81,  8181,           8181 10.96.0.9:81,   15088 10.96.0.9:81
            waypoint.shop.svc:82,  503 no port,    503 no port,         15088 10.96.0.9:82
            waypoint.shop.svc:99,  503 own,        503 own,             503 own
            by-name.shop.svc:80,   503 no port,    503 no port,         15088 10.96.0.3:80
            nobody.shop.svc:80,    503 no service, 503 no service,      503 no service
            """)
    void whatIsAskedForIsThisPodsOrRefused(String authority, String plain, String proxied, String elsewhere) {
        assertThat(resolve(pod(), authority)).startsWith(plain);
        assertThat(resolve(tunnel(0), authority)).startsWith(proxied);
        assertThat(resolve(tunnel(15088), authority)).startsWith(elsewhere);
    }

    @Test
    void ofAServicesAddressesOneOfTheOwnNetworkIsToldThenOneOfIpv4() {
        publish(service("many", "fd00::1")
                .addAddresses(address("10.96.0.20").toBuilder().setNetwork("other"))
                .addPorts(Port.newBuilder().setServicePort(80).setTargetPort(8080))
                .build());
        assertThat(resolve(tunnel(0), "many.shop.svc:80")).isEqualTo("8080 [fd00::1]:80");

        publish(service("many", "fd00::1")
                .addAddresses(address("10.96.0.21"))
                .addPorts(Port.newBuilder().setServicePort(80).setTargetPort(8080))
                .build());
        assertThat(resolve(tunnel(0), "many.shop.svc:80")).isEqualTo("8080 10.96.0.21:80");

        publish(Service.newBuilder()
                .setName("none")
                .setNamespace("shop")
                .setHostname("none.shop.svc")
                .addPorts(Port.newBuilder().setServicePort(80).setTargetPort(8080))
                .build());
        assertThat(resolve(tunnel(0), "none.shop.svc:80")).startsWith("503 has no address");
    }

    @Test
    void whoseWaypointThePodIsDoesNotDependOnWhatItMaySeeItself() {
        publish(service("private", "10.96.0.30")
                .setNamespace("elsewhere")
                .setVisibility(Service.Visibility.NAMESPACE)
                .setWaypoint(at("10.96.0.9"))
                .build());
        assertThat(resolve(pod(), "10.96.0.30:80")).startsWith("80");
    }

    @Test
    void aMismatchNamesBothAddresses() {
        InboundTarget target = InboundTarget.resolve(
                index.current(),
                Features.DEFAULT,
                pod().build(),
                IpAddress.parse(POD),
                Authority.parse("192.0.2.1:80"));

        assertThat(target).isEqualTo(new InboundTarget.Rejected(400, "ip mismatch: 10.0.0.9 != 192.0.2.1"));
    }

    private String resolve(Workload.Builder pod, String authority) {
        publish(pod.build());
        InboundTarget target = InboundTarget.resolve(
                index.current(), Features.DEFAULT, pod.build(), IpAddress.parse(POD), Authority.parse(authority));
        return switch (target) {
            case InboundTarget.Rejected(int status, String reason) ->
                status
                        + List.of("ip mismatch", "own", "no port", "no service", "has no address").stream()
                                .filter(reason::contains)
                                .findFirst()
                                .map(" "::concat)
                                .orElse(" " + reason);
            case InboundTarget.Undecided(String lacking) -> "undecided " + lacking;
            case InboundTarget.Port(int port, var addressed) ->
                addressed == null
                        ? "" + port
                        : port + " " + Authority.of(IpAddress.of(addressed.getAddress()), addressed.getPort());
        };
    }

    private static Workload.Builder pod() {
        return workload("pod", POD)
                .setHostname("pod.example")
                .putServices(
                        "shop/" + HOST,
                        PortList.newBuilder()
                                .addPorts(Port.newBuilder().setServicePort(81).setTargetPort(8181))
                                .build());
    }

    private static Workload.Builder tunnel(int port) {
        return pod().setApplicationTunnel(ApplicationTunnel.newBuilder()
                .setProtocol(ApplicationTunnel.Protocol.PROXY)
                .setPort(port));
    }

    private static Workload.Builder workload(String name, String address) {
        return Workload.newBuilder()
                .setUid(name)
                .setName(name)
                .setNamespace("shop")
                .addAddresses(bytes(address));
    }

    private static Service.Builder service(String name, String address) {
        return Service.newBuilder()
                .setName(name)
                .setNamespace("shop")
                .setHostname(name + ".shop.svc")
                .addAddresses(address(address));
    }

    private static NetworkAddress address(String address) {
        return NetworkAddress.newBuilder().setAddress(bytes(address)).build();
    }

    private static GatewayAddress at(String address) {
        return GatewayAddress.newBuilder()
                .setAddress(address(address))
                .setHboneMtlsPort(15008)
                .build();
    }

    private static GatewayAddress named(String hostname) {
        return GatewayAddress.newBuilder()
                .setHostname(
                        NamespacedHostname.newBuilder().setNamespace("shop").setHostname(hostname))
                .setHboneMtlsPort(15008)
                .build();
    }

    private static ByteString bytes(String address) {
        return ByteString.copyFrom(IpAddress.parse(address).toInetAddress().getAddress());
    }

    private void publish(Workload workload) {
        publish(workload.getUid(), Address.newBuilder().setWorkload(workload).build());
    }

    private void publish(Service service) {
        publish(
                service.getNamespace() + "/" + service.getHostname(),
                Address.newBuilder().setService(service).build());
    }

    private void publish(String name, Address address) {
        assertThat(index.apply(Map.of(name, address), List.of())).isEmpty();
    }
}
