package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.stub.StreamObserver;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.hbone.HbonePool;
import io.periplus.dataplane.hbone.HboneSettings;
import io.periplus.dataplane.hbone.HboneTarget;
import io.periplus.dataplane.http.Http2Windows;
import io.periplus.dataplane.identity.WorkloadCertificate;
import io.periplus.dataplane.net.EpollLoops;
import io.periplus.dataplane.net.Held;
import io.periplus.dataplane.net.Relay;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.dataplane.testing.TestAuthority;
import io.periplus.dataplane.testing.TestControlPlane;
import io.periplus.dataplane.tls.CompliancePolicy;
import io.periplus.dataplane.tls.WorkloadTls;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole process against a control plane: certificate and configuration in, readiness and traffic out. */
class WaypointProcessTest {
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "POD_NAME", "waypoint-7d9-x",
            "POD_NAMESPACE", "accounts",
            "GATEWAY_NAME", "waypoint",
            "SERVICE_ACCOUNT", "waypoint",
            "INSTANCE_IP", "10.1.0.9",
            "ISTIO_META_NODE_NAME", "node-1",
            "ISTIO_META_CLUSTER_ID", "cluster1",
            "ISTIO_META_NETWORK", "network1");

    private static final String POLICY = "type.googleapis.com/periplus.waypoint.v1.AuthorizationPolicy";
    private static final String PROVIDER = "type.googleapis.com/periplus.waypoint.v1.ExtensionProvider";
    private static final String LIMIT = "type.googleapis.com/periplus.waypoint.v1.RateLimitPolicy";
    private static final String AUTHENTICATION = "type.googleapis.com/periplus.waypoint.v1.RequestAuthentication";
    private static final String ADDRESS = "type.googleapis.com/istio.workload.Address";
    private static final String BACKEND_POLICY = "type.googleapis.com/periplus.waypoint.v1.BackendPolicy";
    private static final String ROUTE = "type.googleapis.com/periplus.waypoint.v1.Route";

    @TempDir
    Path files;

    private final TestAuthority authority = new TestAuthority();
    private final HttpClient http = HttpClient.newHttpClient();
    private final EventLoopGroup loops = EpollLoops.newGroup("client", 1);
    private final HbonePool pool = new HbonePool(HboneSettings.DEFAULT);
    private final AtomicInteger quits = new AtomicInteger();
    private TestControlPlane controlPlane;
    private ProxyProcess process;

    @BeforeEach
    void start() throws Exception {
        controlPlane = new TestControlPlane(authority, 0);
        Map<String, String> env = new HashMap<>(ENVIRONMENT);
        env.put("CA_ADDR", "localhost:" + controlPlane.port());
        env.put(
                "CA_ROOT_CA",
                Files.writeString(files.resolve("root.pem"), TestAuthority.pem(authority.root()))
                        .toString());
        env.put(
                "AUTH_TOKEN",
                Files.writeString(files.resolve("token"), "secret").toString());
        env.put("TERMINATION_DRAIN_DURATION_SECONDS", "0");
        process = new ProxyProcess(
                ProxyConfig.of(ProxyKind.WAYPOINT, env), new Ports(0, 0, 0, 0, 0), quits::incrementAndGet);
    }

    @AfterEach
    void stop() {
        process.close();
        controlPlane.close();
        pool.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        http.close();
    }

    private HttpResponse<String> page(int index, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + process.pagePorts().get(index) + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static DeltaDiscoveryResponse response(String type, String name, Message resource) {
        return DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(type)
                .setNonce(name)
                .addResources(Resource.newBuilder()
                        .setName(name)
                        .setVersion("1")
                        .setResource(Any.newBuilder().setTypeUrl(type).setValue(resource.toByteString())))
                .build();
    }

    /** The answer to a subscription when there is nothing. */
    private static void nothing(StreamObserver<DeltaDiscoveryResponse> stream, String... types) {
        for (String type : types) {
            stream.onNext(DeltaDiscoveryResponse.newBuilder()
                    .setTypeUrl(type)
                    .setNonce(type)
                    .build());
        }
    }

    private static ByteString bytes(String ip) {
        return ByteString.copyFrom(InetAddress.ofLiteral(ip).getAddress());
    }

    private static Address service() {
        return Address.newBuilder()
                .setService(Service.newBuilder()
                        .setName("accounts")
                        .setNamespace("accounts")
                        .setHostname(Rig.HOSTNAME)
                        .addAddresses(NetworkAddress.newBuilder()
                                .setNetwork("network1")
                                .setAddress(bytes(Rig.VIP)))
                        .addPorts(Port.newBuilder().setServicePort(8080).setTargetPort(8080))
                        .setWaypoint(GatewayAddress.newBuilder()
                                .setHboneMtlsPort(15008)
                                .setHostname(NamespacedHostname.newBuilder()
                                        .setNamespace("accounts")
                                        .setHostname(Rig.WAYPOINT_HOSTNAME))))
                .build();
    }

    private static Address workload(int port) {
        return Address.newBuilder()
                .setWorkload(Workload.newBuilder()
                        .setUid("pod-1")
                        .setName("accounts-1")
                        .setNamespace("accounts")
                        .setNetwork("network1")
                        .addAddresses(bytes("127.0.1.1"))
                        .putServices(
                                "accounts/" + Rig.HOSTNAME,
                                PortList.newBuilder()
                                        .addPorts(Port.newBuilder()
                                                .setServicePort(8080)
                                                .setTargetPort(port))
                                        .build()))
                .build();
    }

    private static AuthorizationPolicy allowGetOnly() {
        return AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("allow-get-only")
                .addTargets(Target.newBuilder()
                        .setService(ServiceTarget.newBuilder()
                                .setNamespace("accounts")
                                .setHostname(Rig.HOSTNAME)))
                .addRules(Rule.newBuilder()
                        .addFrom(Source.newBuilder().addNamespaces("finance"))
                        .addTo(Operation.newBuilder().addMethods("GET")))
                .build();
    }

    /** A local port that leads to the service, as {@code finance/curl}. */
    private InetSocketAddress client() {
        SpiffeId identity = Rig.FINANCE;
        TestAuthority.Issued issued = authority.issue(identity, Duration.ofHours(1));
        WorkloadTls tls = new WorkloadTls(
                new WorkloadCertificate(
                        identity, issued.key(), List.of(issued.certificate()), List.of(authority.root())),
                CompliancePolicy.DEFAULT);
        SocketFactory sockets = SocketFactory.own(SocketSettings.PLAIN);
        EventLoop loop = loops.next();
        HboneTarget target = new HboneTarget(
                tls,
                Set.of(Rig.WAYPOINT),
                null,
                Rig.loopback(process.front().ports().getFirst()),
                Rig.VIP + ":8080",
                Map.of(),
                sockets);
        return (InetSocketAddress) sockets.listen(loop, Rig.loopback(0), false, new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel application) {
                        Held.hold(application);
                        pool.connect(target, loop)
                                .addListener((Future<Channel> opened) -> Relay.join(
                                        (DuplexChannel) application,
                                        (DuplexChannel) opened.getNow(),
                                        bytes -> {},
                                        bytes -> {},
                                        failure -> {}));
                    }
                })
                .syncUninterruptibly()
                .channel()
                .localAddress();
    }

    @Test
    void introducesItselfAndIsReadyOnceItHasACertificateAndItsConfiguration() throws Exception {
        DeltaDiscoveryRequest first = controlPlane.nextRequest();
        assertThat(first.getTypeUrl()).isEqualTo(PROVIDER);
        assertThat(first.getNode().getId())
                .isEqualTo("waypoint~10.1.0.9~waypoint-7d9-x.accounts~accounts.svc.cluster.local");
        assertThat(first.getNode().getMetadata().getFieldsMap())
                .containsKeys("NAME", "NAMESPACE", "NODE_NAME", "CLUSTER_ID", "SERVICE_ACCOUNT", "GATEWAY_NAME");
        await().untilAsserted(
                        () -> assertThat(page(2, "/healthz/ready").body()).isEqualTo("not ready, pending: xds\n"));
        StreamObserver<DeltaDiscoveryResponse> stream = controlPlane.nextStream();
        nothing(stream, PROVIDER, POLICY, LIMIT, AUTHENTICATION, ADDRESS, BACKEND_POLICY, ROUTE);
        await().untilAsserted(
                        () -> assertThat(page(2, "/healthz/ready").statusCode()).isEqualTo(200));
        assertThat(page(1, "/healthz/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void servesWhatTheControlPlaneSaysAndReportsIt() throws Exception {
        try (Application application = new Application("127.0.1.1", 0, "accounts-cluster-1")) {
            StreamObserver<DeltaDiscoveryResponse> stream = controlPlane.nextStream();
            stream.onNext(response(POLICY, "accounts/allow-get-only", allowGetOnly()));
            stream.onNext(response(ADDRESS, "accounts/" + Rig.HOSTNAME, service()));
            stream.onNext(response(ADDRESS, "pod-1", workload(application.port())));
            nothing(stream, PROVIDER, LIMIT, AUTHENTICATION, BACKEND_POLICY, ROUTE);
            await().untilAsserted(() ->
                    assertThat(page(2, "/healthz/ready").statusCode()).isEqualTo(200));
            try (RawClient client = new RawClient(client())) {
                assertThat(client.get("/").body()).isEqualTo("accounts-cluster-1");
                RawClient.Answer denied = client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                        .answer();
                assertThat(denied.status()).isEqualTo(403);
                assertThat(denied.body()).isEqualTo("RBAC: access denied");
            }
            assertThat(page(1, "/stats/prometheus").body())
                    .contains("istio_requests_total{reporter=\"waypoint\"")
                    .contains("response_code=\"200\"", "response_code=\"403\"");
            assertThat(page(3, "/stats/prometheus").body()).contains("istio_requests_total{");
            assertThat(page(0, "/config_dump").body()).contains("allow-get-only", "accounts-1", Rig.HOSTNAME);
        }
    }

    private int post(int index, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + process.pagePorts().get(index) + path);
        return http.send(
                        HttpRequest.newBuilder(uri)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void statisticsAreListedAsEnvoyListsThem() throws Exception {
        assertThat(page(0, "/stats?filter=istio_build").body())
                .matches("istio_build\\{component=\"proxy\".*}: 1(\\.0)?\n");
        assertThat(page(0, "/stats?filter=(").statusCode()).isEqualTo(400);
        assertThat(page(0, "/stats?format=prometheus").body()).contains("# TYPE istio_build gauge");
    }

    @Test
    void profilesAreTakenWhereTheNodeProxyTakesThem() throws Exception {
        assertThat(page(0, "/").body())
                .contains("href=\"/debug/pprof/profile\"")
                .contains("href=\"/clusters\"");
        assertThat(page(0, "/debug/pprof/profile?frequency=0").statusCode()).isEqualTo(400);
        assertThat(page(0, "/debug/pprof/heap").statusCode()).isEqualTo(200);
        assertThat(page(1, "/debug/pprof/heap").statusCode()).isEqualTo(404);
    }

    @Test
    void itsOwnPodMayDrainItAndEndIt() throws Exception {
        assertThat(page(1, "/quitquitquit").statusCode()).isEqualTo(405);
        assertThat(page(1, "/drain").statusCode()).isEqualTo(405);
        assertThat(post(1, "/drain")).isEqualTo(200);
        await().untilAsserted(() -> assertThat(page(2, "/healthz/ready").body()).contains("draining"));
        assertThat(post(1, "/quitquitquit")).isEqualTo(200);
        assertThat(quits).hasValue(1);
    }

    @Test
    void aMissingVariableIsNamed() {
        assertThatThrownBy(() -> ProxyConfig.of(ProxyKind.WAYPOINT, Map.of("GATEWAY_NAME", "waypoint")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("POD_NAME: not set");
    }

    private static Http2Windows windows(String stream, String connection) {
        Map<String, String> env = new HashMap<>(ENVIRONMENT);
        env.put("HTTP2_STREAM_WINDOW_BYTES", stream);
        env.put("HTTP2_CONNECTION_WINDOW_BYTES", connection);
        return ProxyConfig.of(ProxyKind.WAYPOINT, env).http().windows();
    }

    @Test
    void theWindowsOfClientsConnectionsAreRead() {
        assertThat(windows("", "")).isEqualTo(Http2Windows.OF_ONE_CLIENT);
        assertThat(windows("1048576", "")).isEqualTo(new Http2Windows(1 << 20, 100 << 16));
        assertThat(windows("16777216", "")).isEqualTo(new Http2Windows(1 << 24, 1 << 24));
        assertThat(windows("65536", "131072")).isEqualTo(new Http2Windows(1 << 16, 1 << 17));
        assertThatThrownBy(() -> windows("1024", "")).hasMessageStartingWith("HTTP2_STREAM_WINDOW_BYTES: 1024");
        assertThatThrownBy(() -> windows("131072", "65536"))
                .hasMessageStartingWith("HTTP2_CONNECTION_WINDOW_BYTES: 65536");
        assertThatThrownBy(() -> windows("", "2000000000")).hasMessageContaining("expected: 65536 <= stream");
    }
}
