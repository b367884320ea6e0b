package io.periplus.waypoint;

import com.google.protobuf.ByteString;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.tls.WorkloadTls;
import io.periplus.waypoint.edge.EdgeRules;
import io.periplus.waypoint.exchange.GateKeeper;
import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.waypoint.mesh.Mesh;
import io.periplus.waypoint.mesh.Self;
import io.periplus.waypoint.route.RouteStore;
import io.periplus.waypoint.telemetry.Telemetry;
import io.periplus.waypoint.upstream.BackendPolicies;
import io.periplus.waypoint.upstream.Hostnames;
import io.periplus.wire.waypoint.BackendService;
import io.periplus.wire.waypoint.Gateway;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ListenerParent;
import io.periplus.wire.waypoint.Route;
import io.periplus.wire.waypoint.RouteBackend;
import io.periplus.wire.waypoint.RouteKind;
import io.periplus.wire.waypoint.RouteParent;
import io.periplus.wire.waypoint.RouteRule;
import io.periplus.wire.waypoint.ServiceParent;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A gateway on loopback before services whose pods are addresses of 127.0.0.0/8, outside the mesh. */
final class EdgeRig implements AutoCloseable {
    final IndexStore index;
    final PolicyStore policies = new PolicyStore();
    final GatewayProxy proxy;
    final RouteStore routes = new RouteStore();
    final BackendPolicies backendPolicies = new BackendPolicies();

    EdgeRig() {
        this(EdgeRules.DEFAULT, InetAddress.getLoopbackAddress());
    }

    /** Of the workload {@code gateway-istio}, which tells this of what passes. */
    EdgeRig(Telemetry telemetry) {
        this(
                EdgeRules.DEFAULT,
                InetAddress.getLoopbackAddress(),
                new IndexStore(),
                () -> CompletableFuture.failedFuture(new IllegalStateException("no identity in this test")),
                15008,
                GateKeeper.DEFAULT,
                telemetry);
    }

    EdgeRig(EdgeRules rules, InetAddress address) {
        this(
                rules,
                address,
                new IndexStore(),
                () -> CompletableFuture.failedFuture(new IllegalStateException("no identity in this test")),
                15008);
    }

    /** @param endpointPort where pods take tunnels */
    EdgeRig(
            EdgeRules rules,
            InetAddress address,
            IndexStore index,
            Supplier<CompletableFuture<WorkloadTls>> identity,
            int endpointPort) {
        this(rules, address, index, identity, endpointPort, GateKeeper.DEFAULT);
    }

    /** @param endpointPort where pods take tunnels */
    EdgeRig(
            EdgeRules rules,
            InetAddress address,
            IndexStore index,
            Supplier<CompletableFuture<WorkloadTls>> identity,
            int endpointPort,
            GateKeeper gates) {
        this(rules, address, index, identity, endpointPort, gates, Telemetry.NONE);
    }

    private EdgeRig(
            EdgeRules rules,
            InetAddress address,
            IndexStore index,
            Supplier<CompletableFuture<WorkloadTls>> identity,
            int endpointPort,
            GateKeeper gates,
            Telemetry telemetry) {
        this.index = index;
        Workload self = Workload.newBuilder()
                .setUid("gateway-pod")
                .setNamespace("edge")
                .setNetwork(Rig.NETWORK)
                .build();
        proxy = new GatewayProxy(
                new ProxyParts(
                        2,
                        endpointPort,
                        new Self(self, "gateway-istio.edge.svc.cluster.local"),
                        new Mesh(index, policies),
                        identity,
                        routes::table,
                        backendPolicies,
                        HttpSettings.DEFAULT,
                        gates,
                        telemetry,
                        Hostnames::ofSystem),
                address,
                rules);
    }

    /** A route from a listener to services of the namespace {@code accounts}. */
    void route(RouteKind kind, String listener, List<String> hostnames, String... services) {
        RouteRule.Builder rule = RouteRule.newBuilder();
        for (String service : services) {
            rule.addBackends(RouteBackend.newBuilder()
                    .setWeight(1)
                    .setService(BackendService.newBuilder()
                            .setNamespace("accounts")
                            .setHostname(service + ".accounts.svc.cluster.local")
                            .setPort(8080)));
        }
        Route route = Route.newBuilder()
                .setKind(kind)
                .setNamespace("accounts")
                .setName("to-" + String.join("-", services))
                .addParents(RouteParent.newBuilder()
                        .setListener(ListenerParent.newBuilder()
                                .setListener(listener)
                                .addAllHostnames(hostnames)))
                .addRules(rule)
                .build();
        routes.apply(Map.of(kind + "/" + listener + "/" + route.getName(), route), List.of());
    }

    void gateway(Listener... listeners) {
        Gateway gateway = Gateway.newBuilder()
                .setNamespace("edge")
                .setName("gateway")
                .addAllListeners(Arrays.asList(listeners))
                .build();
        proxy.closePortsNotIn(gateway);
        routes.listeners(gateway);
        proxy.apply(gateway);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static InetSocketAddress at(int port) {
        return Rig.loopback(port);
    }

    /** A service {@code <name>} with one pod at this address, in clear. */
    void service(String name, AppProtocol protocol, String podAddress, int targetPort) {
        String hostname = name + ".accounts.svc.cluster.local";
        Port port = Port.newBuilder()
                .setServicePort(8080)
                .setTargetPort(targetPort)
                .setAppProtocol(protocol)
                .build();
        Service service = Service.newBuilder()
                .setName(name)
                .setNamespace("accounts")
                .setHostname(hostname)
                .addPorts(port)
                .build();
        Workload workload = Workload.newBuilder()
                .setUid("pod-" + name)
                .setName(name + "-1")
                .setNamespace("accounts")
                .setNetwork(Rig.NETWORK)
                .addAddresses(
                        ByteString.copyFrom(InetAddress.ofLiteral(podAddress).getAddress()))
                .setTunnelProtocol(TunnelProtocol.NONE)
                .putServices(
                        "accounts/" + hostname,
                        PortList.newBuilder().addPorts(port).build())
                .build();
        index.apply(
                Map.of(
                        "accounts/" + hostname,
                        Address.newBuilder().setService(service).build(),
                        workload.getUid(),
                        Address.newBuilder().setWorkload(workload).build()),
                List.of());
    }

    /** A route of a service's own TLS connections for one name. */
    static Route tlsRoute(String namespace, String serverName, String hostname) {
        return Route.newBuilder()
                .setKind(RouteKind.TLS)
                .setNamespace(namespace)
                .setName("by-name")
                .addParents(RouteParent.newBuilder()
                        .setService(ServiceParent.newBuilder()
                                .setService(ServiceTarget.newBuilder()
                                        .setNamespace(namespace)
                                        .setHostname(hostname))
                                .addServerNames(serverName)))
                .addRules(RouteRule.newBuilder()
                        .addBackends(RouteBackend.newBuilder()
                                .setWeight(1)
                                .setService(BackendService.newBuilder()
                                        .setNamespace(namespace)
                                        .setHostname(hostname)
                                        .setPort(8080))))
                .build();
    }

    @Override
    public void close() {
        proxy.close();
    }
}
