package io.periplus.dataplane.identity;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.controlplane.ControlPlaneChannels;
import io.periplus.wire.ca.IstioCertificateRequest;
import io.periplus.wire.ca.IstioCertificateResponse;
import io.periplus.wire.ca.IstioCertificateServiceGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Istio's certificate service. The channel is kept, and replaced when the root file has changed. */
public final class GrpcCertificateAuthority implements CertificateAuthority, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcCertificateAuthority.class);
    /** A signature takes milliseconds; a caller's connection waits meanwhile. */
    private static final long DEADLINE_SECONDS = 10;

    private static final String IMPERSONATED = "ImpersonatedIdentity";

    private final ControlPlaneChannels channels;
    private final Duration lifetime;
    private final boolean impersonates;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ManagedChannel channel;
    private String channelRoots = "";

    /**
     * @param lifetime how long certificates should be valid
     * @param impersonates whether identities are those of other pods of this node, as in a shared node proxy
     */
    public GrpcCertificateAuthority(ControlPlaneChannels channels, Duration lifetime, boolean impersonates) {
        this.channels = channels;
        this.lifetime = lifetime;
        this.impersonates = impersonates;
    }

    @Override
    public WorkloadCertificate issue(SpiffeId identity) throws IOException {
        SigningRequest request = SigningRequest.create(identity);
        IstioCertificateRequest.Builder message =
                IstioCertificateRequest.newBuilder().setCsr(request.pem()).setValidityDuration(lifetime.toSeconds());
        if (impersonates) {
            message.setMetadata(Struct.newBuilder()
                    .putFields(
                            IMPERSONATED,
                            Value.newBuilder()
                                    .setStringValue(identity.toString())
                                    .build()));
        }
        try {
            IstioCertificateResponse response = IstioCertificateServiceGrpc.newBlockingStub(channel())
                    .withCallCredentials(channels.callHeaders())
                    .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .createCertificate(message.build());
            return IssuedChain.read(identity, request.keys(), response.getCertChainList());
        } catch (StatusRuntimeException e) {
            Status status = e.getStatus();
            throw new IOException(
                    "certificate authority " + channels.address().uri() + " answered " + status.getCode() + ": "
                            + status.getDescription(),
                    e);
        }
    }

    private ManagedChannel channel() throws IOException {
        lock.lock();
        try {
            ManagedChannel present = channel;
            return present == null ? open(channels.rootsNow()) : refreshed(present);
        } finally {
            lock.unlock();
        }
    }

    /** A channel that trusts the roots of now; the present one, with a warning, while those cannot be used. */
    private ManagedChannel refreshed(ManagedChannel present) {
        try {
            String roots = channels.rootsNow();
            if (roots.equals(channelRoots)) {
                return present;
            }
            ManagedChannel fresh = open(roots);
            present.shutdown();
            return fresh;
        } catch (IOException e) {
            LOG.warn("the authority is asked as before, since its new roots cannot be used: {}", e.getMessage());
            return present;
        }
    }

    private ManagedChannel open(String roots) throws IOException {
        ManagedChannel fresh = channels.open(Runnable::run);
        channel = fresh;
        channelRoots = roots;
        return fresh;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (channel != null) {
                channel.shutdownNow();
            }
        } finally {
            lock.unlock();
        }
    }
}
