package io.periplus.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.channel.EventLoop;
import io.periplus.api.why.ProxyName;
import io.periplus.dataplane.admin.AdminPage;
import io.periplus.dataplane.admin.AdminPages;
import io.periplus.dataplane.admin.AdminResponse;
import io.periplus.dataplane.admin.AdminServer;
import io.periplus.dataplane.admin.Readiness;
import io.periplus.dataplane.admin.pprof.ProfilePages;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.telemetry.LogLevels;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.dataplane.telemetry.ProcessMetrics;
import io.periplus.dataplane.xds.AddressHandler;
import io.periplus.dataplane.xds.MessageHandler;
import io.periplus.dataplane.xds.PolicyHandler;
import io.periplus.dataplane.xds.ResourceHandler;
import io.periplus.waypoint.authn.AuthenticationStore;
import io.periplus.waypoint.authn.TokenGates;
import io.periplus.waypoint.authz.AuthorizerMetrics;
import io.periplus.waypoint.authz.ConnectionAuthorizer;
import io.periplus.waypoint.authz.CustomGate;
import io.periplus.waypoint.authz.ProviderStore;
import io.periplus.waypoint.edge.EdgeRules;
import io.periplus.waypoint.edge.GatewayStore;
import io.periplus.waypoint.exchange.ConnectionGate;
import io.periplus.waypoint.exchange.Gates;
import io.periplus.waypoint.exchange.RequestsOnly;
import io.periplus.waypoint.explain.Recents;
import io.periplus.waypoint.explain.SeenPage;
import io.periplus.waypoint.explain.WhyPage;
import io.periplus.waypoint.limit.LimitGate;
import io.periplus.waypoint.limit.LimitStore;
import io.periplus.waypoint.mesh.Mesh;
import io.periplus.waypoint.mesh.Self;
import io.periplus.waypoint.route.RouteStore;
import io.periplus.waypoint.telemetry.AccessLogFile;
import io.periplus.waypoint.telemetry.LogLine;
import io.periplus.waypoint.telemetry.Reporter;
import io.periplus.waypoint.telemetry.Telemetry;
import io.periplus.waypoint.telemetry.TelemetryGroup;
import io.periplus.waypoint.telemetry.WaypointMetrics;
import io.periplus.waypoint.upstream.BackendPolicies;
import io.periplus.waypoint.upstream.Hostnames;
import io.periplus.waypoint.upstream.MeshConnector;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.ExtensionProvider;
import io.periplus.wire.waypoint.Gateway;
import io.periplus.wire.waypoint.RateLimitPolicy;
import io.periplus.wire.waypoint.RequestAuthentication;
import io.periplus.wire.waypoint.Route;
import io.periplus.wire.workload.Workload;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of either kind of proxy, wired by hand: control → index, policies, routes and certificate → front and data
 * path; around it the pages for people, probes and scrapers.
 */
final class ProxyProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyProcess.class);
    /** How long connections are still accepted after readiness has gone: until the senders have heard of it. */
    private static final Duration NOTICE = Duration.ofSeconds(1);

    private final ProxyConfig config;
    private final Readiness readiness = new Readiness();
    private final IndexStore index = new IndexStore();
    private final PolicyStore policies = new PolicyStore();
    private final AuthenticationStore authentications = new AuthenticationStore();
    private final TokenGates tokens = new TokenGates(authentications);
    private final RouteStore routes = new RouteStore();
    private final BackendPolicies backendPolicies = new BackendPolicies();
    private final GatewayStore gateway = new GatewayStore();
    private final MetricsRegistry metrics = new MetricsRegistry();
    private final ProviderStore providers;
    private final AuthorizerMetrics authorizers;
    private final LimitStore limits = new LimitStore(metrics);
    private final LongSupplier limitClock = LimitGate.processClock();
    private final Recents recents = new Recents();
    private final Control control;
    private final @Nullable AccessLogFile accessLog;
    private final Front front;
    private final List<AdminServer> pages = new ArrayList<>();

    ProxyProcess(ProxyConfig config, Ports ports, Runnable quit) throws IOException {
        this.config = config;
        providers = new ProviderStore(config.identity().toString());
        authorizers = new AuthorizerMetrics(metrics);
        readiness.await("certificate");
        readiness.await("xds");
        LogLine lines = config.accessLog();
        accessLog = lines == null ? null : new AccessLogFile(lines, new FileOutputStream(FileDescriptor.out));
        Path files = config.localFiles();
        control = files == null ? new ControlPlane(config, handlers(), metrics) : new LocalFiles(files, handlers());
        servePages(ports, quit);
        front = switch (config.kind()) {
            case WAYPOINT -> waypoint(ports);
            case GATEWAY -> gateway();
        };
        control.certified().thenRun(() -> readiness.done("certificate"));
        control.synced().thenRun(() -> readiness.done("xds"));
    }

    /** Policies before the addresses that name them, backends before the routes to them, and ports only then. */
    private List<ResourceHandler> handlers() {
        List<ResourceHandler> handlers = new ArrayList<>(List.of(
                new MessageHandler<>(
                        ExtensionProvider.getDefaultInstance(), ExtensionProvider.parser(), providers::apply),
                PolicyHandler.forWaypoint(policies),
                new MessageHandler<>(RateLimitPolicy.getDefaultInstance(), RateLimitPolicy.parser(), limits::apply),
                new MessageHandler<>(
                        RequestAuthentication.getDefaultInstance(),
                        RequestAuthentication.parser(),
                        authentications::apply),
                new AddressHandler(index),
                new MessageHandler<>(
                        BackendPolicy.getDefaultInstance(), BackendPolicy.parser(), backendPolicies::apply),
                new MessageHandler<>(Route.getDefaultInstance(), Route.parser(), routes::apply)));
        if (config.kind() == ProxyKind.GATEWAY) {
            handlers.add(new MessageHandler<>(Gateway.getDefaultInstance(), Gateway.parser(), gateway::apply));
        }
        return handlers;
    }

    private Gates gates(EventLoop loop) {
        return new Gates(
                new CustomGate(providers, authorizers),
                tokens.of(loop),
                new LimitGate(limits, limitClock),
                connections());
    }

    private ConnectionGate connections() {
        boolean skips = config.tcpSkipsHttpChecks();
        ConnectionGate asking = new ConnectionAuthorizer(providers, authorizers, skips);
        return skips
                ? asking
                : new RequestsOnly(
                        List.of(
                                new RequestsOnly.Check("request_authentication", tokens::verifies),
                                new RequestsOnly.Check("rate_limits", limits::limits)),
                        asking);
    }

    private ProxyParts parts() {
        return new ProxyParts(
                config.threads(),
                MeshConnector.HBONE_PORT,
                self(),
                new Mesh(index, policies),
                control::identity,
                routes::table,
                backendPolicies,
                config.http(),
                this::gates,
                telemetry(),
                Hostnames::ofSystem);
    }

    private Front waypoint(Ports ports) {
        Waypoint waypoint = new Waypoint(parts());
        InetSocketAddress address = waypoint.listen(new InetSocketAddress(Wildcard.ADDRESS, ports.hbone()));
        LOG.info(
                "waypoint {}/{} serves as {} on port {}",
                config.namespace(),
                config.gateway(),
                config.identity(),
                address.getPort());
        return waypoint;
    }

    private Front gateway() {
        GatewayProxy proxy = new GatewayProxy(parts(), Wildcard.ADDRESS, new EdgeRules(config.trustedProxies()));
        gateway.onChange(next -> follow(next, proxy));
        follow(gateway.current(), proxy);
        LOG.info("gateway {}/{} serves as {}", config.namespace(), config.gateway(), config.identity());
        return proxy;
    }

    /** A port closes before the routes forget its listeners, and opens when they know them. */
    private void follow(Gateway next, GatewayProxy proxy) {
        proxy.closePortsNotIn(next);
        routes.listeners(next);
        limits.listeners(next);
        backendPolicies.ownCertificate(next.getBackendClientCertificate());
        proxy.apply(next);
    }

    private Self self() {
        Workload workload = Workload.newBuilder()
                .setName(config.pod())
                .setNamespace(config.namespace())
                .setNode(config.node())
                .setNetwork(config.network())
                .setClusterId(config.cluster())
                .setServiceAccount(config.serviceAccount())
                .setTrustDomain(config.trustDomain())
                .setWorkloadName(config.service())
                .setCanonicalName(config.service())
                .setCanonicalRevision("latest")
                .build();
        return new Self(workload, config.hostname());
    }

    private ProxyName name() {
        String kind = config.kind() == ProxyKind.WAYPOINT ? "waypoint" : "gateway";
        return new ProxyName(kind, config.namespace(), config.pod(), config.node());
    }

    private Telemetry telemetry() {
        Reporter reporter =
                config.kind() == ProxyKind.WAYPOINT ? Reporter.WAYPOINT : new Reporter.Gateway(self().workload());
        WaypointMetrics standard = new WaypointMetrics(metrics, reporter);
        AccessLogFile log = accessLog;
        return new TelemetryGroup(log == null ? List.of(standard, recents) : List.of(standard, recents, log));
    }

    private void servePages(Ports ports, Runnable quit) throws IOException {
        String version =
                Objects.requireNonNullElse(ProxyProcess.class.getPackage().getImplementationVersion(), "unknown");
        ProcessMetrics.register(metrics, "proxy", version);
        AdminPage scrape = AdminPages.metrics(metrics);
        AdminPage ready = readiness.page();
        Map<String, AdminPage> admin = new TreeMap<>(Map.of(
                "/config_dump",
                AdminPages.json(() -> dump(version, ports)),
                "/clusters",
                request -> AdminResponse.text(200, front.clusters()),
                "/why",
                new WhyPage(question -> front.why(name(), question)),
                "/why/seen",
                new SeenPage(name(), () -> front.onEachLoop(recents::ofThisLoop)),
                "/logging",
                AdminPages.logging(new LogLevels("info")),
                "/stats/prometheus",
                scrape,
                "/stats",
                new StatsPage(metrics),
                "/quitquitquit",
                AdminPages.quit(quit)));
        admin.putAll(ProfilePages.of(config.kind().toString()));
        admin.put("/", AdminPages.index(admin.keySet()));
        pages.add(AdminServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.admin()), admin));
        pages.add(AdminServer.start(
                new InetSocketAddress(ports.metrics()),
                Map.of(
                        "/stats/prometheus",
                        scrape,
                        "/metrics",
                        scrape,
                        "/healthz/ready",
                        ready,
                        "/quitquitquit",
                        AdminPages.ownPodOnly(AdminPages.quit(quit)),
                        "/drain",
                        AdminPages.ownPodOnly(AdminPages.begin(this::drain, "draining\n")))));
        pages.add(AdminServer.start(new InetSocketAddress(ports.readiness()), Map.of("/healthz/ready", ready)));
        pages.add(AdminServer.start(new InetSocketAddress(ports.stats()), Map.of("/stats/prometheus", scrape)));
    }

    private JsonNode dump(String version, Ports ports) {
        Map<String, BackendPolicy> backends = new HashMap<>();
        backendPolicies.current().forEach((service, settings) -> backends.put(service, settings.source()));
        return new ProxyDump(index.current(), policies.current(), control.certificates(), version)
                .bootstrap(config)
                .listeners(config.kind(), ports.hbone(), gateway.current())
                .routes(routes.current(), self())
                .requestAuthentications(authentications.described())
                .backendPolicies(backends)
                .json();
    }

    /** Where connections are accepted. */
    Front front() {
        return front;
    }

    /** The ports of the pages, in the order of {@link Ports}. */
    List<Integer> pagePorts() {
        return pages.stream().map(AdminServer::port).toList();
    }

    /** Lets clients go elsewhere, and goes on with nothing but what is in progress. */
    private void drain() {
        readiness.await("draining");
        try {
            front.drain(NOTICE, config.drain());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends in order: readiness, new connections, requests in progress, the rest. */
    @Override
    public void close() {
        LOG.info("{} ends; requests have {} to finish", config.kind(), config.drain());
        drain();
        front.close();
        tokens.close();
        control.close();
        limits.close();
        pages.forEach(AdminServer::close);
        AccessLogFile log = accessLog;
        if (log != null) {
            log.close();
        }
    }
}
