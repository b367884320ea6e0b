package io.periplus.ztunnel.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.IPFamilies;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names as a pod of namespace {@code shop} means them. */
final class MeshNamesTest {
    private static final int A = DnsCode.TYPE_A;
    private static final int AAAA = DnsCode.TYPE_AAAA;

    private final IndexStore index = new IndexStore();
    private final Workload client = Workload.newBuilder()
            .setUid("client")
            .setNamespace("shop")
            .setNetwork("network1")
            .build();
    private MeshNames names = new MeshNames(settings("", true));

    private static DnsSettings settings(String preferred, boolean ipv6) {
        return new DnsSettings(true, List.of(), List.of(), "cluster.local", preferred, ipv6);
    }

    @BeforeEach
    void mesh() {
        publish(service("shop", "stock.shop.svc.cluster.local", "10.96.0.1").build());
        publish(service("bank", "ledger.bank.svc.cluster.local", "10.96.0.2").build());
        publish(service("shop", "api.example.com", "240.240.0.1").build());
        publish(service("shop", "*.example.org", "240.240.0.2").build());
        publish(service("shop", "*.deep.example.org", "240.240.0.3").build());
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            # asked                                                  address      alias
            stock.shop.svc.cluster.local,                            10.96.0.1,   -
            stock,                                                   10.96.0.1,   -
            stock.shop,                                              10.96.0.1,   -
            stock.shop.svc,                                          10.96.0.1,   -
            ledger.bank,                                             10.96.0.2,   -
            ledger.bank.svc,                                         10.96.0.2,   -
            ledger.bank.svc.cluster.local,                           10.96.0.2,   -
            ledger.bank.svc.cluster.local.shop.svc.cluster.local,    10.96.0.2,   ledger.bank.svc.cluster.local
            ledger.bank.shop.svc.cluster.local,                      10.96.0.2,   ledger.bank
            ledger.bank.svc.shop.svc.cluster.local,                  10.96.0.2,   ledger.bank.svc
            api.example.com,                                         240.240.0.1, -
            api.example.com.shop.svc.cluster.local,                  240.240.0.1, api.example.com
            api.example.com.svc.cluster.local,                       240.240.0.1, api.example.com
            api.example.com.cluster.local,                           240.240.0.1, api.example.com
            a.example.org,                                           240.240.0.2, -
            a.b.example.org,                                         240.240.0.2, -
            a.deep.example.org,                                      240.240.0.3, -
            deep.example.org,                                        240.240.0.2, -
            a.example.org.shop.svc.cluster.local,                    240.240.0.2, -
            """)
    void aNameIsCompletedAndStrippedAsResolversDo(String asked, String address, String alias) {
        MeshNames.Found found = find(asked, A);

        assertThat(found).as(asked).isNotNull();
        assertThat(found.addresses()).extracting(IpAddress::toString).containsExactly(address);
        assertThat(found.alias()).isEqualTo(alias);
    }

    @ParameterizedTest
    @CsvSource({
        "ledger", // of another namespace
        "example.org", // a wildcard does not stand for its own domain
        "www.example.com",
        "com",
        "stock.bank.svc.cluster.local",
        "api.example.com.other.svc.cluster.local" // a search domain of somebody else
    })
    void otherNamesAreNotTheMeshs(String asked) {
        assertThat(find(asked, A)).isNull();
    }

    @Test
    void aKnownNameWithoutThatFamilyHasAnEmptyAnswer() {
        assertThat(find("stock", AAAA).addresses()).isEmpty();
    }

    @Test
    void bothFamiliesAreAnswered() {
        publish(service("shop", "dual.shop.svc.cluster.local", "10.96.0.9", "fd00::9")
                .build());

        assertThat(find("dual", A).addresses()).extracting(IpAddress::toString).containsExactly("10.96.0.9");
        assertThat(find("dual", AAAA).addresses())
                .extracting(IpAddress::toString)
                .containsExactly("fd00::9");
        names = new MeshNames(settings("", false));
        assertThat(find("dual", AAAA).addresses()).as("IPv6 is off").isEmpty();
    }

    @Test
    void aServiceOfOneFamilyHasNoAddressOfTheOther() {
        publish(service("shop", "four.shop.svc.cluster.local", "10.96.0.9", "fd00::9")
                .setIpFamilies(IPFamilies.IPV4_ONLY)
                .build());

        assertThat(find("four", AAAA).addresses()).isEmpty();
    }

    @Test
    void onlyAddressesOfTheClientsNetworkAreAnswered() {
        publish(service("shop", "far.example.com")
                .addAddresses(address("network2", "10.97.0.1"))
                .addAddresses(address("network1", "10.96.0.7"))
                .build());

        assertThat(find("far.example.com", A).addresses())
                .extracting(IpAddress::toString)
                .containsExactly("10.96.0.7");
    }

    @Test
    void aHostWithBlocksOfAddressesAloneIsLeftToOtherServers() {
        publish(service("shop", "block.example.com")
                .addAddresses(address("network1", "10.98.0.0").toBuilder().setLength(16))
                .build());

        assertThat(find("block.example.com", A)).isNull();
    }

    @Test
    void besideABlockTheAddressesAreAnsweredAndAFullLengthPrefixIsOne() {
        publish(service("shop", "both.example.com")
                .addAddresses(address("network1", "10.98.0.0").toBuilder().setLength(16))
                .addAddresses(address("network1", "10.97.0.1").toBuilder().setLength(32))
                .build());

        assertThat(find("both.example.com", A).addresses())
                .extracting(IpAddress::toString)
                .containsExactly("10.97.0.1");
    }

    @Test
    void aHeadlessServiceIsAnsweredWithItsHealthyEndpoints() {
        publish(service("shop", "db.shop.svc.cluster.local").build());
        publish(endpoint("db-0", "10.0.0.1").build());
        publish(endpoint("db-1", "10.0.0.2").build());
        publish(endpoint("db-2", "10.0.0.3").setStatus(WorkloadStatus.UNHEALTHY).build());
        publish(endpoint("db-3", "10.0.0.4").setNetwork("network2").build());

        assertThat(find("db", A).addresses())
                .extracting(IpAddress::toString)
                .containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
        assertThat(find("db", AAAA).addresses()).isEmpty();
    }

    @Test
    void aHostWithoutAddressesOutsideTheClusterIsLeftToOtherServers() {
        publish(service("shop", "none.example.com").build());

        assertThat(find("none.example.com", A)).isNull();
    }

    @Test
    void ofSeveralTheOwnNamespaceThenTheCanonicalThenThePreferredWins() {
        publish(service("first", "many.example.com", "240.240.1.1").build());
        publish(service("liked", "many.example.com", "240.240.1.2").build());
        assertThat(find("many.example.com", A).addresses())
                .extracting(IpAddress::toString)
                .containsExactly("240.240.1.1");

        names = new MeshNames(settings("liked", true));
        assertThat(find("many.example.com", A).addresses())
                .extracting(IpAddress::toString)
                .containsExactly("240.240.1.2");

        publish(service("canon", "many.example.com", "240.240.1.3")
                .setCanonical(true)
                .build());
        assertThat(find("many.example.com", A).addresses())
                .extracting(IpAddress::toString)
                .containsExactly("240.240.1.3");

        publish(service("shop", "many.example.com", "240.240.1.4").build());
        assertThat(find("many.example.com", A).addresses())
                .extracting(IpAddress::toString)
                .containsExactly("240.240.1.4");
    }

    @Test
    void whatOnlyItsOwnNamespaceMaySeeIsUnknownToOthers() {
        publish(service("bank", "secret.example.com", "240.240.1.1")
                .setVisibility(Service.Visibility.NAMESPACE)
                .build());

        assertThat(find("secret.example.com", A)).isNull();
    }

    private MeshNames.Found find(String name, int type) {
        return names.find(index.current(), client, name, type);
    }

    private static Service.Builder service(String namespace, String hostname, String... addresses) {
        Service.Builder service =
                Service.newBuilder().setName("s").setNamespace(namespace).setHostname(hostname);
        for (String address : addresses) {
            service.addAddresses(address("network1", address));
        }
        return service;
    }

    private static Workload.Builder endpoint(String name, String address) {
        return Workload.newBuilder()
                .setUid(name)
                .setName(name)
                .setNamespace("shop")
                .setNetwork("network1")
                .addAddresses(bytes(address))
                .putServices("shop/db.shop.svc.cluster.local", PortList.getDefaultInstance());
    }

    private static NetworkAddress address(String network, String address) {
        return NetworkAddress.newBuilder()
                .setNetwork(network)
                .setAddress(bytes(address))
                .build();
    }

    private static ByteString bytes(String address) {
        return ByteString.copyFrom(InetAddress.ofLiteral(address).getAddress());
    }

    private void publish(Service service) {
        publish(
                service.getNamespace() + "/" + service.getHostname(),
                Address.newBuilder().setService(service).build());
    }

    private void publish(Workload workload) {
        publish(workload.getUid(), Address.newBuilder().setWorkload(workload).build());
    }

    private void publish(String name, Address address) {
        assertThat(index.apply(Map.of(name, address), List.of())).isEmpty();
    }
}
