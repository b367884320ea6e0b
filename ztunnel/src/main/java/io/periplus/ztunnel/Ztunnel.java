package io.periplus.ztunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.channel.EventLoopGroup;
import io.periplus.api.why.ProxyName;
import io.periplus.dataplane.admin.AdminRequest;
import io.periplus.dataplane.admin.AdminResponse;
import io.periplus.dataplane.admin.ConfigDump;
import io.periplus.dataplane.admin.Readiness;
import io.periplus.dataplane.identity.CertificateManager;
import io.periplus.dataplane.identity.LocalIdentities;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.index.UpstreamResolver;
import io.periplus.dataplane.net.EpollLoops;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.telemetry.AccessLog;
import io.periplus.dataplane.telemetry.LogHandler;
import io.periplus.dataplane.telemetry.LogLevels;
import io.periplus.dataplane.telemetry.LogWriter;
import io.periplus.dataplane.telemetry.MarkMetrics;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.dataplane.telemetry.ProcessMetrics;
import io.periplus.dataplane.telemetry.TcpMetrics;
import io.periplus.dataplane.tls.RevocationFile;
import io.periplus.dataplane.tls.Revocations;
import io.periplus.dataplane.tls.TlsContexts;
import io.periplus.dataplane.xds.XdsMetrics;
import io.periplus.dataplane.zds.ZdsClient;
import io.periplus.ztunnel.dns.DnsMetrics;
import io.periplus.ztunnel.dns.HostAddresses;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process, wired by hand: control plane → index and policies, node agent → pods. Threads: the byte path's loops,
 * one each for xDS, certificates, the control plane's sockets, the node agent and the access log.
 */
final class Ztunnel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ztunnel.class);
    private static final String STATE_MANAGER = "state manager";
    private static final String PROXY_MANAGER = "workload proxy manager";

    private final ZtunnelConfig config;
    private final IndexStore index;
    private final PolicyStore policies = new PolicyStore();
    private final MetricsRegistry metrics = new MetricsRegistry();
    private final Readiness readiness = new Readiness();
    private final CompletableFuture<Void> configured = new CompletableFuture<>();
    private final LogWriter accessWriter;
    private final EventLoopGroup loops;
    private final ControlPlane controlPlane;
    private final CertificateManager certificates;
    private final HostAddresses hosts;
    private final @Nullable RevocationFile crl;
    private final PodProxies pods;
    private final @Nullable SelfProxy self;
    private final WhyPage why;
    private final SeenPage seen;
    private final AdminServers admin;
    private final @Nullable ZdsClient agent;
    private final CountDownLatch quit = new CountDownLatch(1);
    private final AtomicBoolean closed = new AtomicBoolean();

    /** @throws IOException when one of the process's own ports is taken, or a file it is told to use cannot be used */
    Ztunnel(ZtunnelConfig config, AdminServers.Ports ports) throws IOException {
        this.config = config;
        this.index = config.onDemand() ? IndexStore.onDemand() : new IndexStore();
        readiness.await(STATE_MANAGER);
        readiness.await(PROXY_MANAGER);
        this.accessWriter = new LogWriter(config.logFormat(), System.out);
        LogHandler.install(accessWriter);
        LogLevels levels = new LogLevels(config.logLevels());
        this.admin = AdminServers.start(
                ports,
                config.features().ipv6(),
                metrics,
                levels,
                readiness,
                this::dump,
                this::why,
                this::seen,
                quit::countDown);
        this.loops = EpollLoops.newGroup("proxy", config.threads());
        this.controlPlane = new ControlPlane(config);
        this.certificates = new CertificateManager(controlPlane.authority(), Clock.systemUTC());
        index.onChange(new LocalIdentities(certificates, config.node()));
        RecentFlows flows = new RecentFlows(new FlowReports(new TcpMetrics(metrics), new AccessLog(accessWriter)));
        this.hosts = new HostAddresses(loops.next(), config.dns());
        Revocations revocations = new Revocations(new RevocationMetrics(metrics));
        this.crl = follow(config.crlFile(), revocations);
        Node node = node(flows, new DnsMetrics(metrics), revocations);
        this.pods = new PodProxies(node, configured, ready -> readiness.set(PROXY_MANAGER, ready));
        ProxyName name = new ProxyName("ztunnel", config.namespace(), config.pod(), config.node());
        this.why = new WhyPage(name, node, pods, config.clusterDomain());
        this.seen = new SeenPage(name, flows, loops);
        ProcessMetrics.register(metrics, "ztunnel", config.version());
        PodMetrics.register(metrics, pods);
        Pod own = config.self();
        this.self = own == null || !config.features().proxy() ? null : SelfProxy.start(node, own, ProxyPorts.HBONE);
        CompletableFuture<?> synced = controlPlane.follow(index, policies, new XdsMetrics(metrics));
        synced.thenRun(() -> {
            readiness.done(STATE_MANAGER);
            configured.complete(null);
        });
        Pod only = config.standalone().pod();
        if (only == null) {
            this.agent = ZdsClient.start(config.agentSocket(), pods);
        } else {
            this.agent = null;
            pods.serveAlone(only);
        }
    }

    private static @Nullable RevocationFile follow(@Nullable Path file, Revocations revocations) {
        return file == null ? null : RevocationFile.follow(file, revocations, RevocationFile.LOOK);
    }

    private Node node(FlowLog flows, DnsMetrics dns, Revocations revocations) {
        return new Node(
                config.node(),
                config.network(),
                loops,
                index,
                policies,
                certificates,
                new TlsContexts(config.compliance(), revocations, config.tls12()),
                new UpstreamResolver(),
                new ConnectionTable(index, policies, new MarkMetrics(metrics), new PolicyLog(config.logsPolicies())),
                flows,
                config.hbone(),
                config.sockets(),
                config.features(),
                config.drain(),
                config.dns(),
                dns,
                new OnDemandNames(hosts, metrics),
                new OnDemand(index, controlPlane::ask));
    }

    private ObjectNode dump() {
        ObjectNode dump = ConfigDump.of(index.current(), policies.current(), certificates.states(), config.version());
        dump.set("staticConfig", controlPlane.staticConfig());
        dump.set("config", ConfigJson.of(config));
        dump.set("workloadState", pods.toJson());
        return dump;
    }

    private AdminResponse why(AdminRequest request) {
        return why.answer(request);
    }

    private AdminResponse seen(AdminRequest request) {
        return seen.answer(request);
    }

    AdminServers admin() {
        return admin;
    }

    /** Waits until somebody asks the process to end. */
    void awaitQuit() throws InterruptedException {
        quit.await();
    }

    /** Ends in order: no new pods, listeners closed, connections drained, the rest. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        quit.countDown();
        LOG.info("shutting down; connections have {} to finish", config.drain());
        try {
            if (agent != null) {
                agent.close();
            }
        } catch (IOException e) {
            LOG.warn("closing the connection to the node agent: {}", e.getMessage());
        }
        pods.drain(config.drain());
        pods.close();
        if (self != null) {
            self.close();
        }
        hosts.close();
        if (crl != null) {
            crl.close();
        }
        certificates.close();
        controlPlane.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
        admin.close();
        accessWriter.close();
    }
}
