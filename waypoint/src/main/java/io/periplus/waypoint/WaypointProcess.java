package io.periplus.waypoint;

import io.periplus.dataplane.admin.AdminPage;
import io.periplus.dataplane.admin.AdminPages;
import io.periplus.dataplane.admin.AdminServer;
import io.periplus.dataplane.admin.ConfigDump;
import io.periplus.dataplane.admin.Readiness;
import io.periplus.dataplane.controlplane.ControlPlaneAddress;
import io.periplus.dataplane.controlplane.ControlPlaneChannels;
import io.periplus.dataplane.identity.CertificateManager;
import io.periplus.dataplane.identity.GrpcCertificateAuthority;
import io.periplus.dataplane.identity.WorkloadCertificate;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.telemetry.LogLevels;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.dataplane.telemetry.ProcessMetrics;
import io.periplus.dataplane.tls.TlsContexts;
import io.periplus.dataplane.tls.WorkloadTls;
import io.periplus.dataplane.xds.AddressHandler;
import io.periplus.dataplane.xds.DeltaXdsClient;
import io.periplus.dataplane.xds.PolicyHandler;
import io.periplus.dataplane.xds.ProxyNode;
import io.periplus.dataplane.xds.XdsMetrics;
import io.periplus.waypoint.mesh.Mesh;
import io.periplus.waypoint.mesh.Self;
import io.periplus.waypoint.route.RouteTable;
import io.periplus.waypoint.telemetry.AccessLogFile;
import io.periplus.waypoint.telemetry.LogLine;
import io.periplus.waypoint.telemetry.Telemetry;
import io.periplus.waypoint.telemetry.TelemetryGroup;
import io.periplus.waypoint.telemetry.WaypointMetrics;
import io.periplus.waypoint.upstream.MeshConnector;
import io.periplus.wire.workload.Workload;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process, wired by hand: control plane → index, policies and certificate → data path; around it the pages for
 * people, probes and scrapers.
 */
final class WaypointProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WaypointProcess.class);
    /** How long connections are still accepted after readiness has gone: until the senders have heard of it. */
    private static final Duration NOTICE = Duration.ofSeconds(1);

    private final WaypointConfig config;
    private final Readiness readiness = new Readiness();
    private final IndexStore index = new IndexStore();
    private final PolicyStore policies = new PolicyStore();
    private final MetricsRegistry metrics = new MetricsRegistry();
    private final ControlPlaneChannels channels;
    private final GrpcCertificateAuthority authority;
    private final CertificateManager certificates;
    private final TlsContexts contexts;
    private final DeltaXdsClient xds;
    private final @Nullable AccessLogFile accessLog;
    private final Waypoint waypoint;
    private final InetSocketAddress address;
    private final List<AdminServer> pages = new ArrayList<>();

    WaypointProcess(WaypointConfig config, Ports ports, Runnable quit) throws IOException {
        this.config = config;
        readiness.await("certificate");
        readiness.await("xds");
        channels = new ControlPlaneChannels(
                ControlPlaneAddress.of(config.controlPlane(), config.rootFile(), config.tokenFile(), config.cluster()));
        authority = new GrpcCertificateAuthority(channels, config.certificateLifetime(), false);
        certificates = new CertificateManager(authority, Clock.systemUTC());
        contexts = new TlsContexts(config.compliance());
        LogLine lines = config.accessLog();
        accessLog = lines == null ? null : new AccessLogFile(lines, new FileOutputStream(FileDescriptor.out));
        waypoint = new Waypoint(
                config.threads(),
                MeshConnector.HBONE_PORT,
                new Self(self(config), config.hostname()),
                new Mesh(index, policies),
                this::identity,
                () -> RouteTable.DIRECT,
                telemetry());
        servePages(ports, quit);
        certificates.onIssued(certificate -> readiness.done("certificate"));
        certificates.prefetch(config.identity());
        xds = new DeltaXdsClient(
                channels,
                ProxyNode.of(
                        "waypoint",
                        config.address(),
                        config.pod(),
                        config.namespace(),
                        config.clusterDomain(),
                        Map.of(
                                "NODE_NAME", config.node(),
                                "CLUSTER_ID", config.cluster(),
                                "NETWORK", config.network(),
                                "SERVICE_ACCOUNT", config.serviceAccount(),
                                "GATEWAY_NAME", config.gateway())),
                List.of(PolicyHandler.forWaypoint(policies), new AddressHandler(index)),
                new XdsMetrics(metrics));
        xds.start();
        xds.synced().thenRun(() -> readiness.done("xds"));
        address = waypoint.listen(new InetSocketAddress(ports.hbone()));
        LOG.info(
                "waypoint {}/{} serves as {} on port {}",
                config.namespace(),
                config.gateway(),
                config.identity(),
                address.getPort());
    }

    private static Workload self(WaypointConfig config) {
        return Workload.newBuilder()
                .setName(config.pod())
                .setNamespace(config.namespace())
                .setNode(config.node())
                .setNetwork(config.network())
                .setClusterId(config.cluster())
                .setServiceAccount(config.serviceAccount())
                .setTrustDomain(config.trustDomain())
                .build();
    }

    /** This waypoint's TLS contexts: at once while a valid certificate is held. */
    private CompletableFuture<WorkloadTls> identity() {
        WorkloadCertificate held = certificates.current(config.identity());
        return held != null
                ? CompletableFuture.completedFuture(contexts.of(held))
                : certificates.fetch(config.identity()).thenApply(contexts::of);
    }

    private Telemetry telemetry() {
        WaypointMetrics standard = new WaypointMetrics(metrics);
        AccessLogFile log = accessLog;
        return log == null ? standard : new TelemetryGroup(List.of(standard, log));
    }

    private void servePages(Ports ports, Runnable quit) throws IOException {
        String version =
                Objects.requireNonNullElse(WaypointProcess.class.getPackage().getImplementationVersion(), "unknown");
        ProcessMetrics.register(metrics, "proxy", version);
        AdminPage scrape = AdminPages.metrics(metrics);
        AdminPage ready = readiness.page();
        Map<String, AdminPage> admin = Map.of(
                "/config_dump",
                AdminPages.json(
                        () -> ConfigDump.of(index.current(), policies.current(), certificates.states(), version)),
                "/logging",
                AdminPages.logging(new LogLevels("info")),
                "/stats/prometheus",
                scrape,
                "/quitquitquit",
                AdminPages.quit(quit));
        pages.add(AdminServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.admin()), admin));
        pages.add(AdminServer.start(
                new InetSocketAddress(ports.metrics()),
                Map.of("/stats/prometheus", scrape, "/metrics", scrape, "/healthz/ready", ready)));
        pages.add(AdminServer.start(new InetSocketAddress(ports.readiness()), Map.of("/healthz/ready", ready)));
        pages.add(AdminServer.start(new InetSocketAddress(ports.stats()), Map.of("/stats/prometheus", scrape)));
    }

    /** Where tunnels are accepted. */
    InetSocketAddress address() {
        return address;
    }

    /** The ports of the pages, in the order of {@link Ports}. */
    List<Integer> pagePorts() {
        return pages.stream().map(AdminServer::port).toList();
    }

    /** Ends in order: readiness, new connections, requests in progress, the rest. */
    @Override
    public void close() {
        LOG.info("waypoint ends; requests have {} to finish", config.drain());
        readiness.await("draining");
        try {
            waypoint.drain(NOTICE, config.drain());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        waypoint.close();
        xds.close();
        certificates.close();
        authority.close();
        channels.close();
        pages.forEach(AdminServer::close);
        AccessLogFile log = accessLog;
        if (log != null) {
            log.close();
        }
    }
}
