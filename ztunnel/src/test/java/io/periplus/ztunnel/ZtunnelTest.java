package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.grpc.stub.StreamObserver;
import io.periplus.dataplane.testing.TestAuthority;
import io.periplus.dataplane.testing.TestControlPlane;
import io.periplus.dataplane.xds.AddressHandler;
import io.periplus.dataplane.xds.PolicyHandler;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole process between a control plane, a node agent and two pods. */
@Timeout(30)
final class ZtunnelTest {
    private static final AdminServers.Ports ANY = new AdminServers.Ports(0, 0, 0);

    @TempDir
    Path files;

    @Test
    void theProcessServesWhatControlPlaneAndNodeAgentSay() throws Exception {
        TestAuthority authority = new TestAuthority();
        Path socket = files.resolve("ztunnel.sock");
        try (PodNetwork network = new PodNetwork();
                TestControlPlane controlPlane = new TestControlPlane(authority, 0);
                TestAgent agent = new TestAgent(socket);
                Ztunnel ztunnel = new Ztunnel(config(controlPlane, authority, socket), ANY)) {
            assertThat(get(ztunnel.admin().readinessPort(), "/healthz/ready"))
                    .isEqualTo("500 not ready, pending: state manager, workload proxy manager\n");

            PodHost cart = network.pod("cart", true);
            PodHost stock = network.pod("stock", true);
            agent.accept();
            assertThat(agent.add(cart)).isEmpty();
            assertThat(agent.add(stock)).isEmpty();
            assertThat(agent.snapshotSent()).isEmpty();
            StreamObserver<DeltaDiscoveryResponse> stream = controlPlane.nextStream();
            stream.onNext(response(PolicyHandler.ZTUNNEL_TYPE_URL));
            stream.onNext(response(
                    AddressHandler.TYPE_URL,
                    TestNode.workload(cart, TunnelProtocol.HBONE).build(),
                    TestNode.workload(stock, TunnelProtocol.HBONE).build()));
            await().untilAsserted(() -> assertThat(get(ztunnel.admin().readinessPort(), "/healthz/ready"))
                    .isEqualTo("200 ready\n"));

            try (var app = stock.echo(8080)) {
                assertThat(cart.call(stock.address(), 8080, "ahoy")).isEqualTo("ahoy");
                assertThat(app.peers()).containsExactly(cart.address());
                try (var open = cart.connect(stock.address(), 8080)) {
                    open.getOutputStream().write(7);
                    assertThat(open.getInputStream().read()).isEqualTo(7);
                    assertThat(get(ztunnel.admin().adminPort(), "/config_dump").replaceAll("\\s", ""))
                            .contains("\"inbound\":[{\"src\":\"" + cart.address() + ":")
                            .contains("\"originalDst\":\"" + stock.address() + ":8080\",\"actualDst\":\""
                                    + stock.address() + ":15008\",\"protocol\":\"HBONE\"");
                }
                await().untilAsserted(() -> assertThat(
                                get(ztunnel.admin().adminPort(), "/config_dump").replaceAll("\\s", ""))
                        .contains("\"connections\":{\"inbound\":[],\"outbound\":[]}"));
            }

            await().untilAsserted(() -> assertThat(get(ztunnel.admin().metricsPort(), "/metrics"))
                    .containsPattern("istio_tcp_connections_closed_total\\{reporter=\"destination\",.*"
                            + "source_principal=\"spiffe://cluster.local/ns/shop/sa/cart\".*} 2")
                    .contains("workload_manager_active_proxy_count 2"));
            assertThat(get(ztunnel.admin().adminPort(), "/config_dump"))
                    .contains("\"uid\" : \"cluster1//Pod/shop/cart\"")
                    .contains("\"identity\" : \"spiffe://cluster.local/ns/shop/sa/stock\"")
                    .contains("\"uid-cart\"")
                    .contains("\"staticConfig\" : {")
                    .contains("\"proxyMode\" : \"Shared\"")
                    .contains("\"illegalPorts\" : [ 15001, 15006, 15008 ]")
                    .contains("\"keepaliveRetries\" : 9");
            assertThat(get(ztunnel.admin().adminPort(), "/")).contains("href=\"/debug/pprof/profile\"");
            assertThat(get(ztunnel.admin().adminPort(), "/debug/pprof/profile?seconds=0"))
                    .contains("expected: 1 to 300");
            try (Socket ipv6 =
                    new Socket(InetAddress.ofLiteral("::1"), ztunnel.admin().adminPort())) {
                assertThat(ipv6.isConnected()).isTrue();
            }

            agent.delete(cart);
            await().untilAsserted(() -> assertThat(get(ztunnel.admin().metricsPort(), "/metrics"))
                    .contains("workload_manager_active_proxy_count 1"));
        }
    }

    @Test
    void withoutConfigurationAPodIsLeftToTheProxyThatServesIt() throws Exception {
        Path socket = files.resolve("ztunnel.sock");
        TestAuthority authority = new TestAuthority();
        try (PodNetwork network = new PodNetwork();
                TestNode predecessor = new TestNode();
                TestControlPlane controlPlane = new TestControlPlane(authority, 0);
                TestAgent agent = new TestAgent(socket);
                Ztunnel ztunnel = new Ztunnel(config(controlPlane, authority, socket), ANY)) {
            PodHost cart = network.pod("cart", true);
            PodHost stock = network.pod("stock", true);
            predecessor.enrol(cart);
            predecessor.enrol(stock);
            StreamObserver<DeltaDiscoveryResponse> stream = controlPlane.nextStream();
            agent.accept();
            assertThat(agent.add(cart)).as("somebody serves it").isEmpty();
            assertThat(agent.add(stock)).isEmpty();
            agent.snapshotSent();
            assertThat(get(ztunnel.admin().readinessPort(), "/healthz/ready"))
                    .isEqualTo("500 not ready, pending: state manager, workload proxy manager\n");
            try (var app = stock.echo(8080)) {
                for (int i = 0; i < 10; i++) {
                    assertThat(cart.call(stock.address(), 8080, "ahoy")).isEqualTo("ahoy");
                }
                assertThat(app.peers()).containsOnly(cart.address());
            }

            stream.onNext(response(PolicyHandler.ZTUNNEL_TYPE_URL));
            stream.onNext(response(
                    AddressHandler.TYPE_URL,
                    TestNode.workload(cart, TunnelProtocol.HBONE).build(),
                    TestNode.workload(stock, TunnelProtocol.HBONE).build()));

            await().untilAsserted(() -> assertThat(get(ztunnel.admin().readinessPort(), "/healthz/ready"))
                    .isEqualTo("200 ready\n"));
            assertThat(get(ztunnel.admin().metricsPort(), "/metrics"))
                    .contains("workload_manager_active_proxy_count 2");
        }
    }

    @Test
    void aPodOfABusyNamespaceIsReportedToTheAgentAndServedLater() throws Exception {
        Path socket = files.resolve("ztunnel.sock");
        TestAuthority authority = new TestAuthority();
        try (PodNetwork network = new PodNetwork();
                TestControlPlane controlPlane = new TestControlPlane(authority, 0);
                TestAgent agent = new TestAgent(socket);
                Ztunnel ztunnel = new Ztunnel(config(controlPlane, authority, socket), ANY)) {
            PodHost cart = network.pod("cart", true);
            StreamObserver<DeltaDiscoveryResponse> stream = controlPlane.nextStream();
            stream.onNext(response(PolicyHandler.ZTUNNEL_TYPE_URL));
            stream.onNext(response(AddressHandler.TYPE_URL));
            agent.accept();
            await().untilAsserted(() -> assertThat(get(ztunnel.admin().readinessPort(), "/healthz/ready"))
                    .isEqualTo("500 not ready, pending: workload proxy manager\n"));
            try (var squatter = cart.echo(ProxyPorts.HBONE)) {
                assertThat(agent.add(cart)).contains("cannot listen on port 15008");
                assertThat(squatter.listener().isClosed()).isFalse();
            }
            agent.snapshotSent();
            assertThat(get(ztunnel.admin().readinessPort(), "/healthz/ready"))
                    .isEqualTo("500 not ready, pending: workload proxy manager\n");

            await().atMost(java.time.Duration.ofSeconds(8))
                    .untilAsserted(() -> assertThat(get(ztunnel.admin().readinessPort(), "/healthz/ready"))
                            .isEqualTo("200 ready\n"));
        }
    }

    private ZtunnelConfig config(TestControlPlane controlPlane, TestAuthority authority, Path socket)
            throws IOException {
        Path root = Files.writeString(files.resolve("root-cert.pem"), TestAuthority.pem(authority.root()));
        Path token = Files.writeString(files.resolve("istio-token"), "token");
        return ZtunnelConfig.of(Map.of(
                "NODE_NAME", "node1",
                "XDS_ADDRESS", controlPlane.uri().toString(),
                "XDS_ROOT_CA", root.toString(),
                "CA_ROOT_CA", root.toString(),
                "AUTH_TOKEN", token.toString(),
                "INPOD_UDS", socket.toString(),
                "CONNECTION_TERMINATION_DEADLINE", "1s"));
    }

    private static DeltaDiscoveryResponse response(String type, Workload... workloads) {
        DeltaDiscoveryResponse.Builder response =
                DeltaDiscoveryResponse.newBuilder().setTypeUrl(type).setNonce("1");
        for (Workload workload : workloads) {
            Message address = Address.newBuilder().setWorkload(workload).build();
            response.addResources(Resource.newBuilder()
                    .setName(workload.getUid())
                    .setVersion("1")
                    .setResource(Any.newBuilder().setTypeUrl(type).setValue(address.toByteString())));
        }
        return response.build();
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return path.equals("/healthz/ready") ? response.statusCode() + " " + response.body() : response.body();
        }
    }
}
