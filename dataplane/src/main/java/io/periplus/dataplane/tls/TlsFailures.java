package io.periplus.dataplane.tls;

import java.security.cert.CertificateException;

/** Says in one sentence why a handshake failed. */
public final class TlsFailures {
    private static final int MAX_DEPTH = 16;

    private TlsFailures() {}

    /** Whether it failed because a certificate of the peer was revoked, as we know. */
    public static boolean isRevocation(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; depth < MAX_DEPTH && cause != null; depth++) {
            if (cause instanceof RevokedException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** What our own verification said, if it spoke; else the innermost reason, such as the alert that was received. */
    public static String describe(Throwable failure) {
        Throwable innermost = failure;
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            if (innermost instanceof CertificateException || innermost.getCause() == null) {
                break;
            }
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage();
        return message == null ? innermost.getClass().getSimpleName() : message;
    }
}
