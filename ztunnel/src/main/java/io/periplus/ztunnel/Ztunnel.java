package io.periplus.ztunnel;

import io.netty.channel.EventLoopGroup;
import io.periplus.dataplane.controlplane.ControlPlaneAddress;
import io.periplus.dataplane.controlplane.ControlPlaneChannels;
import io.periplus.dataplane.identity.CertificateManager;
import io.periplus.dataplane.identity.GrpcCertificateAuthority;
import io.periplus.dataplane.identity.LocalIdentities;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.index.UpstreamResolver;
import io.periplus.dataplane.net.EpollLoops;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.tls.TlsContexts;
import io.periplus.dataplane.xds.AddressHandler;
import io.periplus.dataplane.xds.DeltaXdsClient;
import io.periplus.dataplane.xds.PolicyHandler;
import io.periplus.dataplane.xds.ProxyNode;
import io.periplus.dataplane.xds.XdsEvents;
import io.periplus.dataplane.zds.ZdsClient;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process, wired by hand: control plane → index and policies, node agent → pods. Threads: the byte path's loops,
 * one each for xDS, certificates, the control plane's sockets and the node agent.
 */
final class Ztunnel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ztunnel.class);

    private final ZtunnelConfig config;
    private final EventLoopGroup loops;
    private final ControlPlaneChannels xdsChannels;
    private final ControlPlaneChannels caChannels;
    private final GrpcCertificateAuthority authority;
    private final CertificateManager certificates;
    private final DeltaXdsClient xds;
    private final PodProxies pods;
    private final ZdsClient agent;

    Ztunnel(ZtunnelConfig config, FlowLog flows) {
        this.config = config;
        this.loops = EpollLoops.newGroup("proxy", config.threads());
        IndexStore index = new IndexStore();
        PolicyStore policies = new PolicyStore();
        this.xdsChannels = channels(config, config.xdsAddress());
        this.caChannels = channels(config, config.caAddress());
        this.authority = new GrpcCertificateAuthority(caChannels, config.secretTtl(), true);
        this.certificates = new CertificateManager(authority, Clock.systemUTC());
        index.onChange(new LocalIdentities(certificates, config.node()));
        ConnectionTable connections = new ConnectionTable(index, policies);
        Node node = new Node(
                config.node(),
                config.network(),
                loops,
                index,
                policies,
                certificates,
                new TlsContexts(config.compliance()),
                new UpstreamResolver(RandomGenerator.of("L64X128MixRandom")),
                connections,
                flows,
                config.hbone(),
                config.sockets(),
                config.responseBaggage());
        this.pods = new PodProxies(node);
        this.xds = new DeltaXdsClient(
                xdsChannels,
                ProxyNode.of(
                        "ztunnel",
                        config.address(),
                        config.pod(),
                        config.namespace(),
                        config.clusterDomain(),
                        Map.of("NODE_NAME", config.node(), "CLUSTER_ID", config.cluster())),
                List.of(PolicyHandler.forZtunnel(policies), new AddressHandler(index)),
                XdsEvents.NONE);
        xds.start();
        this.agent = ZdsClient.start(config.agentSocket(), pods);
    }

    private static ControlPlaneChannels channels(ZtunnelConfig config, String address) {
        return new ControlPlaneChannels(
                ControlPlaneAddress.of(address, config.rootFile(), config.tokenFile(), config.cluster()));
    }

    /** Ends in order: no new pods, listeners closed, connections drained, the rest. */
    @Override
    public void close() {
        LOG.info("shutting down; connections have {} to finish", config.drain());
        try {
            agent.close();
        } catch (IOException e) {
            LOG.warn("closing the connection to the node agent: {}", e.getMessage());
        }
        pods.drain(config.drain());
        pods.close();
        xds.close();
        certificates.close();
        authority.close();
        xdsChannels.close();
        caChannels.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
}
