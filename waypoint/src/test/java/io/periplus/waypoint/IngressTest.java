package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netty.util.ResourceLeakDetector;
import io.periplus.api.SpiffeId;
import io.periplus.waypoint.edge.EdgeRules;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ListenerProtocol;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.RouteKind;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gateway before services of the mesh: to their pods, or through their waypoint. */
class IngressTest {
    private static final SpiffeId GATEWAY = new SpiffeId("cluster.local", "edge", "gateway-istio");
    private final Application application = new Application("127.0.1.1", 0, "accounts");
    private final int port = EdgeRig.freePort();
    private Rig mesh;
    private EdgeRig edge;

    @BeforeEach
    void start() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        mesh = new Rig();
        edge = new EdgeRig(
                EdgeRules.DEFAULT,
                InetAddress.getLoopbackAddress(),
                mesh.index,
                () -> CompletableFuture.completedFuture(mesh.tls(GATEWAY)),
                mesh.endpointPort);
        mesh.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
        edge.gateway(Listener.newBuilder()
                .setName("http")
                .setPort(port)
                .setProtocol(ListenerProtocol.LISTENER_HTTP)
                .build());
        edge.route(RouteKind.HTTP, "http", List.of(), "accounts");
        mesh.policies(getOnlyFromTheGateway());
    }

    @AfterEach
    void stop() {
        edge.close();
        mesh.close();
        application.close();
    }

    /** For the waypoint alone: the gateway does not know it. */
    private static AuthorizationPolicy getOnlyFromTheGateway() {
        return AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("get-only")
                .addTargets(Target.newBuilder()
                        .setService(ServiceTarget.newBuilder()
                                .setNamespace("accounts")
                                .setHostname(Rig.HOSTNAME)))
                .addRules(Rule.newBuilder()
                        .addFrom(Source.newBuilder().addPrincipals(GATEWAY.principal()))
                        .addTo(Operation.newBuilder().addMethods("GET")))
                .build();
    }

    private void ingressUsesTheWaypoint() {
        Service service =
                mesh.index.current().service("accounts/" + Rig.HOSTNAME).service();
        Service through = service.toBuilder()
                .setIngressUseWaypoint(true)
                .setWaypoint(service.getWaypoint().toBuilder().setHboneMtlsPort(mesh.waypointAddress.getPort()))
                .build();
        mesh.index.apply(
                Map.of(
                        "accounts/" + Rig.HOSTNAME,
                        Address.newBuilder().setService(through).build(),
                        "accounts/" + Rig.WAYPOINT_HOSTNAME,
                        Address.newBuilder()
                                .setService(Service.newBuilder()
                                        .setName("waypoint")
                                        .setNamespace("accounts")
                                        .setHostname(Rig.WAYPOINT_HOSTNAME)
                                        .addPorts(Port.newBuilder()
                                                .setServicePort(mesh.waypointAddress.getPort())
                                                .setTargetPort(mesh.waypointAddress.getPort())))
                                .build()),
                List.of());
    }

    private void waypointPod() {
        Workload pod = Workload.newBuilder()
                .setUid("waypoint-pod")
                .setNamespace("accounts")
                .setServiceAccount("waypoint")
                .setNetwork(Rig.NETWORK)
                .addAddresses(
                        ByteString.copyFrom(InetAddress.getLoopbackAddress().getAddress()))
                .setTunnelProtocol(TunnelProtocol.HBONE)
                .putServices("accounts/" + Rig.WAYPOINT_HOSTNAME, PortList.getDefaultInstance())
                .build();
        mesh.index.apply(
                Map.of(pod.getUid(), Address.newBuilder().setWorkload(pod).build()), List.of());
    }

    private RawClient.Answer post() throws Exception {
        try (RawClient client = new RawClient(EdgeRig.at(port))) {
            return client.send("POST / HTTP/1.1\r\nHost: accounts\r\nContent-Length: 0\r\n\r\n")
                    .answer();
        }
    }

    @Test
    void thePodsSeeTheGateway() throws Exception {
        assertThat(post().status()).isEqualTo(200);
        assertThat(mesh.seenByEndpoints).containsExactly(GATEWAY);
    }

    @Test
    void theWaypointOfAServiceThatWantsItJudges() throws Exception {
        ingressUsesTheWaypoint();
        waypointPod();
        assertThat(post().status()).isEqualTo(403);
        try (RawClient client = new RawClient(EdgeRig.at(port))) {
            assertThat(client.get("/headers").body()).contains("x-forwarded-for: 127.0.0.1\n");
        }
        assertThat(mesh.seenByEndpoints).containsExactly(Rig.WAYPOINT);
    }

    @Test
    void aWaypointThatIsAwayIsNotPassedBy() throws Exception {
        ingressUsesTheWaypoint();
        assertThat(post().status()).isEqualTo(503);
        assertThat(mesh.seenByEndpoints).isEmpty();
    }
}
