package io.periplus.ztunnel;

import io.periplus.dataplane.hbone.HboneException;
import io.periplus.dataplane.identity.CertificateException;

/** How a connection ended, in the {@code response_flags} of metrics. */
enum ResponseFlag {
    /** Nothing to report. */
    NONE("-"),
    /** Refused or cut by policy. */
    DENY("DENY"),
    /** The next hop could not be reached, or did not agree. */
    CONNECT("CONNECT"),
    /** TLS could not be set up on this side. */
    TLS_FAILURE("TLS_FAILURE"),
    /** HTTP/2 could not be started. */
    H2_HANDSHAKE_FAILURE("H2_HANDSHAKE_FAILURE"),
    /** TCP to an HBONE peer timed out, as it does when a NetworkPolicy drops it. */
    NETWORK_POLICY("NETWORK_POLICY"),
    /** There is no certificate. */
    IDENTITY_ERROR("IDENTITY_ERROR"),
    /** The peer's certificate was revoked. */
    CERT_REVOKED("CERT_REVOKED");

    private final String label;

    ResponseFlag(String label) {
        this.label = label;
    }

    /** The label's value. */
    String label() {
        return label;
    }

    static ResponseFlag of(Throwable failure) {
        return switch (failure) {
            case HboneException hbone ->
                switch (hbone.reason()) {
                    case CONNECT_TIMEOUT -> NETWORK_POLICY;
                    case HTTP2 -> H2_HANDSHAKE_FAILURE;
                    case REVOKED -> CERT_REVOKED;
                    case CONNECT, TLS, STATUS, ANSWER_TIMEOUT, CLOSED, RESET, OVERLOAD -> CONNECT;
                };
            case CertificateException _ -> IDENTITY_ERROR;
            default -> CONNECT;
        };
    }
}
