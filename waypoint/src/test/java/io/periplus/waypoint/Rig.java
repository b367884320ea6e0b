package io.periplus.waypoint;

import com.google.protobuf.ByteString;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.hbone.HboneAcceptor;
import io.periplus.dataplane.hbone.HbonePool;
import io.periplus.dataplane.hbone.HboneRequest;
import io.periplus.dataplane.hbone.HboneServer;
import io.periplus.dataplane.hbone.HboneSettings;
import io.periplus.dataplane.hbone.HboneTarget;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.net.EpollLoops;
import io.periplus.dataplane.net.Held;
import io.periplus.dataplane.net.Relay;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.policy.WaypointPolicyCompiler;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.dataplane.testing.TestCa;
import io.periplus.dataplane.tls.CompliancePolicy;
import io.periplus.dataplane.tls.WorkloadTls;
import io.periplus.waypoint.authz.AuthorizerMetrics;
import io.periplus.waypoint.authz.ConnectionAuthorizer;
import io.periplus.waypoint.authz.CustomGate;
import io.periplus.waypoint.authz.ProviderStore;
import io.periplus.waypoint.exchange.GateKeeper;
import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.waypoint.exchange.RequestsOnly;
import io.periplus.waypoint.mesh.Mesh;
import io.periplus.waypoint.mesh.Self;
import io.periplus.waypoint.route.RouteStore;
import io.periplus.waypoint.route.RoutesOf;
import io.periplus.waypoint.telemetry.Telemetry;
import io.periplus.waypoint.upstream.BackendPolicies;
import io.periplus.waypoint.upstream.Hostnames;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.Locality;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A mesh around one waypoint: a bridge that does what a client's ztunnel does (TCP in, a tunnel to the waypoint out), and
 * a terminator that does what the endpoints' does (tunnel in, TCP to the application out). Pods are addresses of
 * 127.0.0.0/8.
 */
final class Rig implements AutoCloseable {
    static final SpiffeId FINANCE = new SpiffeId("cluster.local", "finance", "curl");
    static final SpiffeId OTHER = new SpiffeId("cluster.local", "other", "curl");
    static final SpiffeId WAYPOINT = new SpiffeId("cluster.local", "accounts", "waypoint");
    static final String VIP = "10.96.0.10";
    static final String HOSTNAME = "accounts.accounts.svc.cluster.local";
    static final String WAYPOINT_HOSTNAME = "waypoint.accounts.svc.cluster.local";
    static final String NETWORK = "network1";

    /** The waypoint's own pod. */
    final Workload self = Workload.newBuilder()
            .setUid("waypoint-pod")
            .setName("waypoint-pod")
            .setNamespace("accounts")
            .setServiceAccount("default")
            .setNetwork(NETWORK)
            .build();

    final TestCa ca = new TestCa("mesh");
    final IndexStore index = new IndexStore();
    final PolicyStore policies = new PolicyStore();
    final RouteStore routes = new RouteStore();
    final BackendPolicies backendPolicies = new BackendPolicies();
    final ProviderStore providers = new ProviderStore(WAYPOINT.toString());
    /** What only requests can be put to, where their port is declared to be nothing. */
    final List<RequestsOnly.Check> requestChecks = new CopyOnWriteArrayList<>();

    final MetricsRegistry metrics = new MetricsRegistry();
    private final AuthorizerMetrics authorizers = new AuthorizerMetrics(metrics);
    final Set<SpiffeId> seenByEndpoints = ConcurrentHashMap.newKeySet();
    final AtomicInteger tunnelsToEndpoints = new AtomicInteger();
    final Waypoint waypoint;
    final InetSocketAddress waypointAddress;
    private final Map<SpiffeId, WorkloadTls> identities = new ConcurrentHashMap<>();
    private final EventLoopGroup loops = EpollLoops.newGroup("rig", 2);
    private final SocketFactory sockets = SocketFactory.own(SocketSettings.PLAIN);
    private final HbonePool pool = new HbonePool(HboneSettings.DEFAULT);
    final int endpointPort;

    Rig() {
        this(Telemetry.NONE);
    }

    Rig(Telemetry telemetry) {
        this(telemetry, HttpSettings.DEFAULT);
    }

    Rig(HttpSettings http) {
        this(Telemetry.NONE, http);
    }

    private Rig(Telemetry telemetry, HttpSettings http) {
        this(telemetry, http, GateKeeper.DEFAULT);
    }

    /** With gates of the test's own. */
    Rig(Telemetry telemetry, HttpSettings http, GateKeeper gates) {
        this(telemetry, http, gates, Hostnames::ofSystem);
    }

    /** With names of the test's own. */
    Rig(Telemetry telemetry, HttpSettings http, GateKeeper gates, Function<EventLoop, Hostnames> hostnames) {
        endpointPort = terminator("127.0.1.1", 0);
        terminator("127.0.1.2", endpointPort);
        waypoint = new Waypoint(new ProxyParts(
                1,
                endpointPort,
                new Self(self, WAYPOINT_HOSTNAME),
                new Mesh(index, policies),
                () -> CompletableFuture.completedFuture(tls(WAYPOINT)),
                routes::table,
                backendPolicies,
                http,
                loop -> gates.gates(loop)
                        .withCustom(
                                new CustomGate(providers, authorizers),
                                new RequestsOnly(
                                        requestChecks, new ConnectionAuthorizer(providers, authorizers, false))),
                telemetry,
                hostnames));
        waypointAddress = waypoint.listen(loopback(0));
    }

    /** The metrics as scrapers see them. */
    String exposition() throws IOException {
        StringBuilder text = new StringBuilder();
        metrics.expose(text);
        return text.toString();
    }

    WorkloadTls tls(SpiffeId identity) {
        return identities.computeIfAbsent(
                identity,
                id -> new WorkloadTls(ca.issue(id.namespace(), id.serviceAccount()), CompliancePolicy.DEFAULT));
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    // ---- what the mesh knows

    /** The service {@code accounts}, bound to the waypoint, with these endpoints in the mesh. */
    void service(AppProtocol protocol, int targetPort, String... podAddresses) {
        service(protocol, targetPort, TunnelProtocol.HBONE, podAddresses);
    }

    void service(AppProtocol protocol, int targetPort, TunnelProtocol tunnel, String... podAddresses) {
        Service service = Service.newBuilder()
                .setName("accounts")
                .setNamespace("accounts")
                .setHostname(HOSTNAME)
                .addAddresses(address(VIP))
                .addPorts(Port.newBuilder()
                        .setServicePort(8080)
                        .setTargetPort(targetPort)
                        .setAppProtocol(protocol))
                .setWaypoint(thisWaypoint())
                .build();
        index.apply(
                Map.of(
                        "accounts/" + HOSTNAME,
                        Address.newBuilder().setService(service).build()),
                List.of());
        for (String pod : podAddresses) {
            workload(pod, targetPort, tunnel, List.of());
        }
    }

    void workload(String podAddress, int targetPort, TunnelProtocol tunnel, List<String> policies) {
        Workload workload = Workload.newBuilder()
                .setUid("pod-" + podAddress)
                .setName("accounts-" + podAddress)
                .setNamespace("accounts")
                .setServiceAccount("accounts")
                .setNetwork(NETWORK)
                .setCanonicalName("accounts")
                .setWorkloadName("accounts")
                .addAddresses(ByteString.copyFrom(literal(podAddress).getAddress()))
                .setTunnelProtocol(tunnel)
                .addAllAuthorizationPolicies(policies)
                .putServices(
                        "accounts/" + HOSTNAME,
                        PortList.newBuilder()
                                .addPorts(Port.newBuilder().setServicePort(8080).setTargetPort(targetPort))
                                .build())
                .build();
        index.apply(
                Map.of(
                        workload.getUid(),
                        Address.newBuilder().setWorkload(workload).build()),
                List.of());
    }

    /** A workload of the service outside the mesh of which only the host name is known. */
    void namedWorkload(String hostname, int targetPort) {
        Workload workload = Workload.newBuilder()
                .setUid("outside-" + hostname)
                .setName(hostname)
                .setNamespace("accounts")
                .setNetwork(NETWORK)
                .setHostname(hostname)
                .putServices(
                        "accounts/" + HOSTNAME,
                        PortList.newBuilder()
                                .addPorts(Port.newBuilder().setServicePort(8080).setTargetPort(targetPort))
                                .build())
                .build();
        index.apply(
                Map.of(
                        workload.getUid(),
                        Address.newBuilder().setWorkload(workload).build()),
                List.of());
    }

    /** Says where a workload runs. */
    void place(Workload workload, String region) {
        Workload placed = workload.toBuilder()
                .setLocality(Locality.newBuilder().setRegion(region))
                .build();
        index.apply(
                Map.of(placed.getUid(), Address.newBuilder().setWorkload(placed).build()), List.of());
    }

    /** A service without endpoints of its own at this address, bound to the waypoint. */
    void passthrough(String address, int port) {
        Service service = Service.newBuilder()
                .setName("outside")
                .setNamespace("accounts")
                .setHostname("outside.example.com")
                .addAddresses(address(address))
                .addPorts(Port.newBuilder().setServicePort(port).setTargetPort(port))
                .setLoadBalancing(LoadBalancing.newBuilder().setMode(LoadBalancing.Mode.PASSTHROUGH))
                .setWaypoint(thisWaypoint())
                .build();
        index.apply(
                Map.of(
                        "accounts/outside.example.com",
                        Address.newBuilder().setService(service).build()),
                List.of());
    }

    /** The hosts below a name, such as {@code *.wild.test}, outside the mesh at this address; bound to the waypoint. */
    void wildcard(String wildcard, String address, AppProtocol protocol, int targetPort) {
        Port.Builder port =
                Port.newBuilder().setServicePort(8080).setTargetPort(targetPort).setAppProtocol(protocol);
        Service service = Service.newBuilder()
                .setName("outside")
                .setNamespace("accounts")
                .setHostname(wildcard)
                .addAddresses(address(address))
                .addPorts(port)
                .setWaypoint(thisWaypoint())
                .build();
        Workload workload = Workload.newBuilder()
                .setUid("outside-" + wildcard)
                .setName("outside")
                .setNamespace("accounts")
                .setNetwork(NETWORK)
                .setHostname(wildcard)
                .putServices(
                        "accounts/" + wildcard,
                        PortList.newBuilder().addPorts(port).build())
                .build();
        index.apply(
                Map.of(
                        "accounts/" + wildcard,
                        Address.newBuilder().setService(service).build(),
                        workload.getUid(),
                        Address.newBuilder().setWorkload(workload).build()),
                List.of());
    }

    /** How the service is spoken to; the policy's name is filled in. */
    void backendPolicy(BackendPolicy policy) {
        backendPolicies.apply(
                Map.of(
                        "accounts/" + HOSTNAME,
                        policy.toBuilder()
                                .setNamespace("accounts")
                                .setHostname(HOSTNAME)
                                .build()),
                List.of());
    }

    /** The service {@code <name>.accounts.svc.cluster.local}, which routes lead to; not bound to the waypoint. */
    void backend(String name, AppProtocol protocol, int targetPort, String... podAddresses) {
        String key = "accounts/" + name + ".accounts.svc.cluster.local";
        Port.Builder port =
                Port.newBuilder().setServicePort(8080).setTargetPort(targetPort).setAppProtocol(protocol);
        Service service = Service.newBuilder()
                .setName(name)
                .setNamespace("accounts")
                .setHostname(name + ".accounts.svc.cluster.local")
                .addPorts(port)
                .build();
        index.apply(Map.of(key, Address.newBuilder().setService(service).build()), List.of());
        for (String pod : podAddresses) {
            Workload workload = Workload.newBuilder()
                    .setUid("pod-" + name + "-" + pod)
                    .setName(name + "-" + pod)
                    .setNamespace("accounts")
                    .setServiceAccount("accounts")
                    .setNetwork(NETWORK)
                    .addAddresses(ByteString.copyFrom(literal(pod).getAddress()))
                    .setTunnelProtocol(TunnelProtocol.HBONE)
                    .putServices(key, PortList.newBuilder().addPorts(port).build())
                    .build();
            index.apply(
                    Map.of(
                            workload.getUid(),
                            Address.newBuilder().setWorkload(workload).build()),
                    List.of());
        }
    }

    /** What {@link #backend} made is bound to the waypoint from now on. */
    void bind(String name) {
        String key = "accounts/" + name + ".accounts.svc.cluster.local";
        Service bound = index.current().service(key).service().toBuilder()
                .setWaypoint(thisWaypoint())
                .build();
        index.apply(Map.of(key, Address.newBuilder().setService(bound).build()), List.of());
    }

    /** Routes of the service {@code accounts}: rules in the text form of their message, of the kind HTTP. */
    void route(String... rules) {
        StringBuilder text = new StringBuilder("namespace: 'accounts' name: 'r' parents { service { service { "
                + "namespace: 'accounts' hostname: '" + HOSTNAME + "' } } }");
        for (String rule : rules) {
            text.append(" rules { ").append(rule).append(" }");
        }
        RoutesOf.put(routes, text.toString());
    }

    /** A reference to what {@link #backend} made, in the text form of its message. */
    static String to(String name, int weight) {
        return to(name, weight, "");
    }

    /** The same with filters. */
    static String to(String name, int weight, String filters) {
        return "backends { service { namespace: 'accounts' hostname: '%s.accounts.svc.cluster.local' port: 8080 } weight: %d %s }"
                .formatted(name, weight, filters);
    }

    /** A workload that is addressed itself, through the waypoint. */
    void boundWorkload(String podAddress, int port) {
        workload(podAddress, port, TunnelProtocol.HBONE, List.of());
        Workload bound = index.current().workload("pod-" + podAddress).toBuilder()
                .setWaypoint(thisWaypoint())
                .build();
        index.apply(
                Map.of(bound.getUid(), Address.newBuilder().setWorkload(bound).build()), List.of());
    }

    private static GatewayAddress thisWaypoint() {
        return GatewayAddress.newBuilder()
                .setHostname(
                        NamespacedHostname.newBuilder().setNamespace("accounts").setHostname(WAYPOINT_HOSTNAME))
                .setHboneMtlsPort(15008)
                .build();
    }

    void policies(AuthorizationPolicy... all) {
        policies.apply(
                java.util.Arrays.stream(all)
                        .map(WaypointPolicyCompiler::compile)
                        .toList(),
                List.of());
    }

    private static NetworkAddress address(String ip) {
        return NetworkAddress.newBuilder()
                .setNetwork(NETWORK)
                .setAddress(ByteString.copyFrom(literal(ip).getAddress()))
                .build();
    }

    private static InetAddress literal(String ip) {
        return InetAddress.ofLiteral(ip);
    }

    // ---- both ztunnels

    /** A local port that leads to the service as this client. */
    InetSocketAddress client(SpiffeId identity) {
        return client(identity, VIP + ":8080");
    }

    InetSocketAddress client(SpiffeId identity, String authority) {
        EventLoop loop = loops.next();
        return (InetSocketAddress) sockets.listen(loop, loopback(0), false, new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel application) {
                        Held.hold(application);
                        pool.connect(target(identity, authority), loop).addListener((Future<Channel> opened) -> {
                            if (opened.isSuccess()) {
                                join((DuplexChannel) application, (DuplexChannel) opened.getNow());
                            } else {
                                application.close();
                            }
                        });
                    }
                })
                .syncUninterruptibly()
                .channel()
                .localAddress();
    }

    /** A tunnel to the service as this client, without a socket of its own; nothing reads it yet. */
    Future<Channel> tunnel(SpiffeId identity) {
        EventLoop loop = loops.next();
        return pool.connect(target(identity, VIP + ":8080"), loop);
    }

    private HboneTarget target(SpiffeId identity, String authority) {
        return new HboneTarget(tls(identity), Set.of(WAYPOINT), null, waypointAddress, authority, Map.of(), sockets);
    }

    private static void join(DuplexChannel application, DuplexChannel tunnel) {
        Relay.join(application, tunnel, bytes -> {}, bytes -> {}, failure -> {});
    }

    private int terminator(String podAddress, int port) {
        SpiffeId identity = new SpiffeId("cluster.local", "accounts", "accounts");
        HboneServer server = new HboneServer(
                () -> CompletableFuture.completedFuture(tls(identity)), new Terminator(), HboneSettings.DEFAULT);
        return ((InetSocketAddress) sockets.listen(
                                loops.next(),
                                new InetSocketAddress(literal(podAddress), port),
                                false,
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel connection) {
                                        server.serve(connection);
                                    }
                                })
                        .syncUninterruptibly()
                        .channel()
                        .localAddress())
                .getPort();
    }

    /** Connects to the application and relays; answers 503 when it cannot. */
    private final class Terminator implements HboneAcceptor {
        @Override
        public void onConnect(HboneRequest request) {
            seenByEndpoints.add(request.peer());
            tunnelsToEndpoints.incrementAndGet();
            int colon = request.authority().lastIndexOf(':');
            InetSocketAddress application = new InetSocketAddress(
                    literal(request.authority().substring(0, colon)),
                    Integer.parseInt(request.authority().substring(colon + 1)));
            sockets.connect(request.eventLoop(), application, null, new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            Held.hold(channel);
                        }
                    })
                    .addListener((io.netty.channel.ChannelFuture connected) -> {
                        if (connected.isSuccess()) {
                            request.accept(tunnel -> {
                                Held.hold(tunnel);
                                request.eventLoop()
                                        .execute(() ->
                                                join((DuplexChannel) tunnel, (DuplexChannel) connected.channel()));
                            });
                        } else {
                            request.reject(503);
                        }
                    });
        }
    }

    @Override
    public void close() {
        waypoint.close();
        pool.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
