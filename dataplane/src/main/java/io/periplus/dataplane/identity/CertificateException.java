package io.periplus.dataplane.identity;

import io.periplus.api.SpiffeId;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** No certificate for an identity: which, why, and what would help. */
public final class CertificateException extends IOException {
    private static final long serialVersionUID = 1L;

    public CertificateException(SpiffeId identity, String why, @Nullable Throwable cause) {
        super("no certificate for " + identity + ": " + why, cause);
    }
}
