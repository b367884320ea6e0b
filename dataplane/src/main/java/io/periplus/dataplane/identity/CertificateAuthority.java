package io.periplus.dataplane.identity;

import io.periplus.api.SpiffeId;
import java.io.IOException;

/** Who signs certificates. */
@FunctionalInterface
public interface CertificateAuthority {
    /**
     * A new certificate with a new key. Blocks; call it on a virtual thread.
     *
     * @throws IOException saying why there is none
     */
    WorkloadCertificate issue(SpiffeId identity) throws IOException;
}
