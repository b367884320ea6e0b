package io.periplus.dataplane.controlplane;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Accepts a server by the name that it is reached by or, failing that, by another one that its certificate may have instead:
 * for control planes behind an address that their certificate does not name. The chain is verified in either case.
 */
final class AlternativeName extends X509ExtendedTrustManager {
    private static final int DNS_NAME = 2;

    private final X509ExtendedTrustManager usual;
    private final String name;

    AlternativeName(X509ExtendedTrustManager usual, String name) {
        this.usual = usual;
        this.name = name.toLowerCase(Locale.ROOT);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            usual.checkServerTrusted(chain, authType, engine);
        } catch (CertificateException e) {
            if (!isNamed(chain[0])) {
                throw e;
            }
            usual.checkServerTrusted(chain, authType);
        }
    }

    private boolean isNamed(X509Certificate leaf) throws CertificateException {
        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        return names != null
                && names.stream()
                        .anyMatch(entry -> entry.get(0) instanceof Integer type
                                && type == DNS_NAME
                                && matches(entry.get(1).toString().toLowerCase(Locale.ROOT)));
    }

    /** RFC 9525, section 6.3: a wildcard stands for one whole label. */
    private boolean matches(String pattern) {
        if (!pattern.startsWith("*.")) {
            return pattern.equals(name);
        }
        int dot = name.indexOf('.');
        return dot > 0 && name.substring(dot).equals(pattern.substring(1));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        usual.checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        usual.checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        usual.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        usual.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        usual.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return usual.getAcceptedIssuers();
    }
}
