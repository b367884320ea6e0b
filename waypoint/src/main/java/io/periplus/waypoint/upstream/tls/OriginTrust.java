package io.periplus.waypoint.upstream.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/** Accepts servers whose chain leads to a root that is trusted, and whose certificate holds a name that is expected. */
final class OriginTrust extends X509ExtendedTrustManager {
    private static final X509Certificate[] NO_ISSUERS = {};

    private final X509TrustManager chains;
    private final List<String> names;

    /** @param names empty: the name that was sent to the server */
    OriginTrust(X509TrustManager chains, List<String> names) {
        this.chains = chains;
        this.names = List.copyOf(names);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        chains.checkServerTrusted(chain, authType);
        List<String> expected = names.isEmpty() ? List.of(sent(engine)) : names;
        if (!ServerNames.anyHeldBy(chain[0], expected)) {
            throw new CertificateException("the server's certificate (serial %s) holds none of the expected names %s"
                    .formatted(chain[0].getSerialNumber(), expected));
        }
    }

    private static String sent(SSLEngine engine) throws CertificateException {
        String host = engine.getPeerHost();
        if (host == null || host.isEmpty()) {
            throw new CertificateException(
                    "no name is expected of the server: set tls.sni or tls.subjectAltNames in the DestinationRule");
        }
        return host;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("the server's name is unknown, so its certificate cannot be verified");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("clients are not verified here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return NO_ISSUERS;
    }
}
