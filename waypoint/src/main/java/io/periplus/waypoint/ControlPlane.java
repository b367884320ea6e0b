package io.periplus.waypoint;

import io.periplus.dataplane.controlplane.ControlPlaneAddress;
import io.periplus.dataplane.controlplane.ControlPlaneChannels;
import io.periplus.dataplane.identity.CertificateManager;
import io.periplus.dataplane.identity.CertificateState;
import io.periplus.dataplane.identity.GrpcCertificateAuthority;
import io.periplus.dataplane.identity.WorkloadCertificate;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.dataplane.tls.Revocations;
import io.periplus.dataplane.tls.TlsContexts;
import io.periplus.dataplane.tls.WorkloadTls;
import io.periplus.dataplane.xds.DeltaXdsClient;
import io.periplus.dataplane.xds.ProxyNode;
import io.periplus.dataplane.xds.ResourceHandler;
import io.periplus.dataplane.xds.XdsMetrics;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The control plane over xDS, which is the certificate authority too. */
final class ControlPlane implements Control {
    private final ProxyConfig config;
    private final ControlPlaneChannels channels;
    private final GrpcCertificateAuthority authority;
    private final CertificateManager certificates;
    private final TlsContexts contexts;
    private final DeltaXdsClient xds;
    private final CompletableFuture<Void> certified = new CompletableFuture<>();

    ControlPlane(ProxyConfig config, List<ResourceHandler> handlers, MetricsRegistry metrics) {
        this.config = config;
        channels = new ControlPlaneChannels(
                ControlPlaneAddress.of(config.controlPlane(), config.rootFile(), config.tokenFile(), config.cluster()));
        authority = new GrpcCertificateAuthority(channels, config.certificateLifetime(), false);
        certificates = new CertificateManager(authority, Clock.systemUTC());
        contexts = new TlsContexts(config.compliance(), Revocations.NONE, false, config.trustDomainAliases());
        certificates.onIssued(_ -> certified.complete(null));
        certificates.prefetch(config.identity());
        xds = new DeltaXdsClient(
                channels,
                ProxyNode.of(
                        config.kind().nodeType(),
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
                handlers,
                new XdsMetrics(metrics));
        xds.start();
    }

    @Override
    public CompletableFuture<WorkloadTls> identity() {
        WorkloadCertificate held = certificates.current(config.identity());
        return held != null
                ? CompletableFuture.completedFuture(contexts.of(held))
                : certificates.fetch(config.identity()).thenApply(contexts::of);
    }

    @Override
    public CompletableFuture<?> certified() {
        return certified;
    }

    @Override
    public CompletableFuture<?> synced() {
        return xds.synced();
    }

    @Override
    public List<CertificateState> certificates() {
        return certificates.states();
    }

    @Override
    public void close() {
        xds.close();
        certificates.close();
        authority.close();
        channels.close();
    }
}
