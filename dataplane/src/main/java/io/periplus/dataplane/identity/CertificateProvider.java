package io.periplus.dataplane.identity;

import io.periplus.api.SpiffeId;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where the proxies get the certificates that they present. Safe for use from any thread. */
public interface CertificateProvider {
    /**
     * The certificate of an identity, fetched when there is none yet. Concurrent callers share one fetch; completes
     * at once when a valid certificate is held. Completes exceptionally with {@link CertificateException} when none
     * can be had now. Callbacks run on the thread that completed the fetch: hop to your own event loop.
     */
    CompletableFuture<WorkloadCertificate> fetch(SpiffeId identity);

    /** The certificate that is held now and valid, without waiting; {@code null} if there is none. */
    @Nullable
    WorkloadCertificate current(SpiffeId identity);

    /** Calls {@code listener} with every certificate issued or renewed from now on, until the handle is closed. */
    Subscription onIssued(Consumer<WorkloadCertificate> listener);

    /** A registration that can be taken back. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
