package io.periplus.ztunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.dataplane.admin.ConfigDump;
import io.periplus.dataplane.controlplane.ControlPlaneAddress;
import io.periplus.dataplane.controlplane.ControlPlaneChannels;
import io.periplus.dataplane.controlplane.FileOrText;
import io.periplus.dataplane.identity.CertificateAuthority;
import io.periplus.dataplane.identity.GrpcCertificateAuthority;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.xds.AddressHandler;
import io.periplus.dataplane.xds.DeltaXdsClient;
import io.periplus.dataplane.xds.PolicyHandler;
import io.periplus.dataplane.xds.ProxyNode;
import io.periplus.dataplane.xds.XdsMetrics;
import io.periplus.ztunnel.local.FakeAuthority;
import io.periplus.ztunnel.local.LocalMesh;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a ztunnel's configuration and certificates come from: the control plane, or what it has instead of one. */
final class ControlPlane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);

    private final ZtunnelConfig config;
    private final @Nullable LocalMesh mesh;
    private final CertificateAuthority authority;
    /** In the order in which they are closed. */
    private final List<Runnable> open = new ArrayList<>();

    private volatile @Nullable DeltaXdsClient discovery;

    /** @throws IOException if what is there instead of a control plane cannot be read */
    ControlPlane(ZtunnelConfig config) throws IOException {
        this.config = config;
        this.mesh = config.standalone().read();
        FakeAuthority fake = config.standalone().authority(config.secretTtl());
        if (fake == null) {
            this.authority = realAuthority();
        } else {
            LOG.warn("certificates are of a fake authority, which certifies everybody");
            this.authority = fake;
        }
    }

    private CertificateAuthority realAuthority() {
        ControlPlaneChannels channels =
                new ControlPlaneChannels(address(config.caAddress(), config.caRoots(), config.caHeaders())
                        .withOtherName(config.caOtherName()));
        // Who serves one pod asks in that pod's own name.
        boolean impersonates = config.standalone().pod() == null;
        GrpcCertificateAuthority real = new GrpcCertificateAuthority(channels, config.secretTtl(), impersonates);
        open.add(real::close);
        open.add(channels::close);
        return real;
    }

    private ControlPlaneAddress address(String address, @Nullable FileOrText roots, Map<String, String> headers) {
        return ControlPlaneAddress.of(address, roots, config.token(), config.cluster())
                .withHeaders(headers);
    }

    /** Who signs certificates. */
    CertificateAuthority authority() {
        return authority;
    }

    /**
     * Fills the stores now, as far as that is possible, and from now on.
     *
     * @return completed when everything is there that was there when this was called
     * @throws IOException if a local mesh cannot be used
     */
    CompletableFuture<?> follow(IndexStore index, PolicyStore policies, XdsMetrics metrics) throws IOException {
        if (mesh != null) {
            try {
                mesh.apply(index, policies);
            } catch (IllegalArgumentException e) {
                throw new IOException("the local mesh cannot be used: " + e.getMessage(), e);
            }
            LOG.info(
                    "{} workloads and services, {} policies are local",
                    mesh.addresses().size(),
                    mesh.policies().size());
        }
        if (!config.standalone().controlPlane()) {
            return CompletableFuture.completedFuture(null);
        }
        ControlPlaneChannels channels =
                new ControlPlaneChannels(address(config.xdsAddress(), config.xdsRoots(), config.xdsHeaders())
                        .withOtherName(config.xdsOtherName()));
        DeltaXdsClient xds = new DeltaXdsClient(
                channels,
                ProxyNode.of(
                        "ztunnel",
                        config.address(),
                        config.pod(),
                        config.namespace(),
                        config.clusterDomain(),
                        config.metadata()),
                List.of(PolicyHandler.forZtunnel(policies), new AddressHandler(index)),
                metrics);
        open.addFirst(channels::close);
        open.addFirst(xds::close);
        discovery = xds;
        xds.start();
        return xds.synced();
    }

    /** Asks for an address by a name of it; whether there is somebody to answer now. */
    boolean ask(String name) {
        DeltaXdsClient xds = discovery;
        return xds != null && xds.ask(AddressHandler.TYPE_URL, name);
    }

    /** What is local of it. */
    ObjectNode staticConfig() {
        IndexStore index = new IndexStore();
        PolicyStore policies = new PolicyStore();
        if (mesh != null) {
            mesh.apply(index, policies);
        }
        return ConfigDump.staticConfig(index.current(), policies.current());
    }

    @Override
    public void close() {
        open.forEach(Runnable::run);
    }
}
