package io.periplus.ztunnel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.admin.ConfigDump;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.wire.workload.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Meshes as people write them, and as {@code /config_dump} does. */
final class LocalMeshTest {
    private static final String MESH = """
            workloads:
            - uid: cluster1//Pod/shop/cart
              name: cart
              namespace: shop
              serviceAccount: cart
              node: local
              protocol: HBONE
              workloadIps: [127.0.0.2, "::1"]
              services:
                shop/cart.example: {80: 8080, "81": 8081}
            - uid: everything
              name: everything
              namespace: shop
              trustDomain: other.example
              serviceAccount: every
              network: net1
              node: node1
              hostname: every.example
              clusterId: c1
              workloadName: every
              workloadType: cronjob
              canonicalName: every
              canonicalRevision: v1
              nativeTunnel: true
              protocol: TCP
              networkMode: HostNetwork
              status: Unhealthy
              capacity: 3
              locality: {region: r, zone: z, subzone: s}
              applicationTunnel: {protocol: PROXY, port: 15088}
              authorizationPolicies: [shop/only-cart]
              waypoint: {destination: "net1/10.0.0.9", hboneMtlsPort: 15008}
              networkGateway: {destination: gateways/east.example, hboneMtlsPort: 15009}
              services: [shop/cart.example]
            services:
            - name: cart
              namespace: shop
              hostname: cart.example
              vips: [/10.96.0.1, "/fd96::1"]
              cidrVips: [{network: "", cidr: 10.97.0.0/16}]
              ports: {80: 8080, 81: 0}
              subjectAltNames: ["spiffe://cluster.local/ns/shop/sa/cart"]
              waypoint: {destination: shop/way.example, hboneMtlsPort: 15008}
              weightedWaypoints:
              - {destination: {destination: shop/way.example, hboneMtlsPort: 15008}, weight: 7}
              loadBalancer: {mode: Failover, routingPreferences: [Network, Zone], healthPolicy: AllowAll}
              ipFamilies: Dual
              canonical: true
              visibility: Namespace
            policies:
            - name: only-cart
              namespace: shop
              scope: WorkloadSelector
              action: Allow
              dryRun: true
              rules:
              - - - principals: [{Exact: cluster.local/ns/shop/sa/cart}, {Prefix: cluster.local/}, {Presence: []}]
                    notNamespaces: [{Suffix: dev}]
                    serviceAccounts: [{namespace: shop, serviceAccount: cart}]
                    sourceIps: [10.0.0.0/8]
                    notDestinationIps: ["fd00::/8"]
                    destinationPorts: [80, 443]
              - - - notPrincipals: [{Presence: []}]
            """;

    private static String dump(LocalMesh mesh) {
        IndexStore index = new IndexStore();
        PolicyStore policies = new PolicyStore();
        mesh.apply(index, policies);
        return ConfigDump.of(index.current(), policies.current(), List.of(), "test")
                .toPrettyString();
    }

    @Test
    void aMeshIsServedAsItIsWritten() {
        IndexStore index = new IndexStore();
        PolicyStore policies = new PolicyStore();

        LocalMesh.parse(MESH).apply(index, policies);

        Workload cart = index.current().workload("cluster1//Pod/shop/cart");
        assertThat(cart.getAddressesCount()).isEqualTo(2);
        assertThat(cart.getServicesMap().get("shop/cart.example").getPortsList())
                .extracting(port -> port.getServicePort() + " " + port.getTargetPort())
                .containsExactly("80 8080", "81 8081");
        assertThat(index.current().service("shop/cart.example").endpoints()).hasSize(2);
        assertThat(policies.current().policies()).containsOnlyKeys("shop/only-cart");
    }

    @Test
    void aDumpIsAMeshAndLosesNothing() {
        String dump = dump(LocalMesh.parse(MESH));

        assertThat(dump).contains("\"subzone\" : \"s\"", "\"weight\" : 7", "\"Suffix\" : \"dev\"", "\"dryRun\" : true");
        assertThat(dump(LocalMesh.parse(dump))).isEqualTo(dump);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            workloads: [{uid: a, name: a}]                                   | workloads[0].namespace: nothing (expected: text)
            workloads: [{uid: a, name: a, namespace: b, protocol: H2}]       | workloads[0].protocol: H2 (expected: HBONE, TCP)
            workloads: [{uid: a, name: a, namespace: b, colour: red}]        | workloads[0].colour is not known here
            workloads: [{uid: a, name: a, namespace: b, workloadIps: [ten]}] | workloads[0].workloadIps:
            workloads: [{uid: a, name: a, namespace: b, services: {c: {x: 1}}}] | workloads[0].services.c.x: x (expected: 1 to 65535)
            services: [{name: a, namespace: b, hostname: c, vips: [10.0.0.1]}] | services[0].vips: 10.0.0.1 (expected: network/address
            services: [{name: a, namespace: b, hostname: c, waypoint: {destination: x}}] | services[0].waypoint.destination: x (expected: network/address or
            policies: [{name: a, namespace: b, rules: [[x]]}]                | policies[0].rules: x (expected: a list of rules
            policies: [{name: a, namespace: b, action: Custom}]              | policies[0].action: Custom (expected: Allow, Deny)
            [1, 2]                                                           | the file: [1, 2] (expected: a mapping)
            workload: []                                                     | workload is not known here
            a: [1                                                            | no YAML
            """)
    void whatCannotBeUsedIsSaidWithItsPlace(String yaml, String why) {
        assertThatThrownBy(() -> LocalMesh.parse(yaml))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aFakeAuthorityIsSharedThroughItsFileAndCertifiesAnybody(@TempDir Path files) throws Exception {
        Path file = files.resolve("ca.pem");
        SpiffeId cart = new SpiffeId("cluster.local", "shop", "cart");

        var first = FakeAuthority.shared(file, Duration.ofHours(1)).issue(cart);
        var second = FakeAuthority.shared(file, Duration.ofHours(1)).issue(cart);

        assertThat(first.roots()).isEqualTo(second.roots());
        first.leaf().verify(second.roots().getFirst().getPublicKey());
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertThat(FakeAuthority.own(Duration.ofHours(1)).issue(cart).roots()).isNotEqualTo(first.roots());
    }
}
