package io.periplus.waypoint;

import io.periplus.dataplane.identity.CertificateState;
import io.periplus.dataplane.tls.WorkloadTls;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where a proxy's configuration and identity come from. */
sealed interface Control extends AutoCloseable permits ControlPlane, LocalFiles {
    /** This proxy's own TLS contexts: at once while a valid certificate is held. */
    CompletableFuture<WorkloadTls> identity();

    /** Completes once there is a certificate, if one is needed. */
    CompletableFuture<?> certified();

    /** Completes once everything subscribed to has been received and applied. */
    CompletableFuture<?> synced();

    /** Certificates that are held or wanted. */
    List<CertificateState> certificates();

    @Override
    void close();
}
