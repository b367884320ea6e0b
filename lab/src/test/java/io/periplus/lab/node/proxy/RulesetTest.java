package io.periplus.lab.node.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.periplus.lab.node.NodeConfig;
import io.periplus.lab.node.net.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table as the kernel understands it. Needs root. */
class RulesetTest {
    private final NodeConfig node = NodeConfig.of("ruleset", 99, Path.of("/nowhere"));

    private final ObjectNode service = yaml("""
            metadata: {name: web, namespace: a}
            spec:
              type: LoadBalancer
              clusterIP: 10.96.1.1
              sessionAffinity: ClientIP
              ports: [{name: http, port: 80, nodePort: 30080}, {name: dns, port: 53, protocol: UDP}]
            status: {loadBalancer: {ingress: [{ip: 172.99.255.7}]}}
            """);
    private final ObjectNode slice = yaml("""
            metadata: {name: web-1, namespace: a, labels: {kubernetes.io/service-name: web}}
            ports: [{name: http, port: 8080}, {name: dns, port: 5353, protocol: UDP}]
            endpoints:
            - {addresses: [10.99.1.5], nodeName: here, conditions: {ready: true}}
            - {addresses: [10.99.1.6], nodeName: there, conditions: {ready: true}}
            - {addresses: [10.99.1.7], nodeName: here, conditions: {ready: false, serving: true, terminating: true}}
            """);

    @Test
    void everyAddressOfAServiceLeadsToItsReadyEndpoints() {
        List<ServicePort> ports = ServicePorts.of(List.of(service), List.of(slice), "here", node.dnsAddress());
        assertThat(ports).hasSize(4);
        assertThat(ports.getFirst().addresses()).containsExactly("10.96.1.1");
        assertThat(ports.get(1).addresses()).containsExactly("172.99.255.7");
        assertThat(ports.get(1).nodePort()).isEqualTo(30080);
        assertThat(ports.getFirst().endpoints())
                .containsExactly(
                        new ServicePort.Endpoint("10.99.1.5", 8080), new ServicePort.Endpoint("10.99.1.6", 8080));
        assertThat(ports.getLast().endpoints())
                .extracting(ServicePort.Endpoint::port)
                .containsOnly(5353);
    }

    @Test
    void localTrafficStaysOnTheNode() {
        service.withObject("spec").put("internalTrafficPolicy", "Local");
        assertThat(ServicePorts.of(List.of(service), List.of(slice), "here", node.dnsAddress())
                        .getFirst()
                        .endpoints())
                .containsExactly(new ServicePort.Endpoint("10.99.1.5", 8080));
    }

    @Test
    void theTwoTrafficPoliciesAreIndependentOfEachOther() {
        service.withObject("spec").put("externalTrafficPolicy", "Local");
        List<ServicePort> ports = ServicePorts.of(List.of(service), List.of(slice), "here", node.dnsAddress());
        assertThat(ports.getFirst().endpoints()).hasSize(2);
        assertThat(ports.get(1).endpoints()).containsExactly(new ServicePort.Endpoint("10.99.1.5", 8080));
        assertThat(ports.get(1).forOwnPods()).isEqualTo(ports.getFirst().endpoints());
    }

    @Test
    void terminatingEndpointsServeWhileThereAreNoOthers() {
        slice.withArray("endpoints").remove(0);
        slice.withArray("endpoints").remove(0);
        assertThat(ServicePorts.of(List.of(service), List.of(slice), "here", node.dnsAddress())
                        .getFirst()
                        .endpoints())
                .containsExactly(new ServicePort.Endpoint("10.99.1.7", 8080));
    }

    @Test
    void theKernelTakesTheTableAgainAndAgain() throws IOException {
        String rules =
                Ruleset.render(node, ServicePorts.of(List.of(service), List.of(slice), "here", node.dnsAddress()));
        String empty = Ruleset.render(node, List.of());
        String listed = Command.run(
                "nft -f - <<'X'\n" + empty + "X\nnft -f - <<'X'\n" + rules + "X\nnft list ruleset\n",
                "unshare",
                "--net",
                "/bin/sh",
                "-e");
        assertThat(listed)
                .containsPattern("172\\.99\\.255\\.7 \\. (tcp|6) \\. 80 : goto port-1")
                .containsPattern("10\\.96\\.1\\.1 \\. (udp|17) \\. 53 : goto port-2")
                .containsPattern("(tcp|6) \\. 30080 : goto port-1")
                .contains("jhash ip saddr mod 2")
                .containsOnlyOnce("table ip periplus-services");
    }

    private static ObjectNode yaml(String text) {
        try {
            return (ObjectNode) new YAMLMapper().readTree(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
