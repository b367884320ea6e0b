package io.periplus.dataplane.tls;

import java.security.cert.CertificateException;

/** A certificate of the peer's chain was revoked by its issuer. */
public final class RevokedException extends CertificateException {
    private static final long serialVersionUID = 1L;

    RevokedException(String message) {
        super(message);
    }
}
