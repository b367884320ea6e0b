package io.periplus.waypoint.edge;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.periplus.waypoint.upstream.tls.Roots;
import io.periplus.wire.waypoint.ClientValidation;
import io.periplus.wire.waypoint.ListenerTls;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** How the clients of a listener prove who they are (Gateway API, frontend validation). Immutable. */
sealed interface ClientAuthentication {
    /** Sets up a server. */
    void configure(SslContextBuilder builder);

    /** The certificate that a client has shown, null if it has shown none or none that an authority of ours vouches for. */
    @Nullable
    X509Certificate verified(SSLEngine engine);

    /** @throws IllegalArgumentException if the authorities cannot be read */
    static ClientAuthentication of(ListenerTls settings) {
        if (!settings.hasClientValidation()) {
            return new None();
        }
        ClientValidation validation = settings.getClientValidation();
        X509TrustManager authorities =
                validation.getCaCertificates().isEmpty() ? new Nobody() : authorities(validation.getCaCertificates());
        return validation.getInsecureFallback() ? new Optional(authorities) : new Required(authorities);
    }

    private static X509TrustManager authorities(String pem) {
        try {
            return Roots.of(pem);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    "its authorities for client certificates cannot be used: " + e.getMessage(), e);
        }
    }

    /** They do not. */
    record None() implements ClientAuthentication {
        @Override
        public void configure(SslContextBuilder builder) {
            // Clients are not asked.
        }

        @Override
        public @Nullable X509Certificate verified(SSLEngine engine) {
            return null;
        }
    }

    /** Without a valid certificate there is no connection. */
    record Required(X509TrustManager authorities) implements ClientAuthentication {
        @Override
        public void configure(SslContextBuilder builder) {
            builder.clientAuth(ClientAuth.REQUIRE).trustManager(authorities);
        }

        @Override
        public @Nullable X509Certificate verified(SSLEngine engine) {
            return shown(engine) instanceof X509Certificate[] chain ? chain[0] : null;
        }
    }

    /** They are asked, and come in whatever they answer; what is not valid does not count. */
    record Optional(X509TrustManager authorities) implements ClientAuthentication {
        @Override
        public void configure(SslContextBuilder builder) {
            builder.clientAuth(ClientAuth.OPTIONAL).trustManager(InsecureTrustManagerFactory.INSTANCE);
        }

        @Override
        public @Nullable X509Certificate verified(SSLEngine engine) {
            X509Certificate[] chain = shown(engine);
            if (chain == null) {
                return null;
            }
            try {
                authorities.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
                return chain[0];
            } catch (CertificateException _) {
                return null;
            }
        }
    }

    private static X509Certificate @Nullable [] shown(SSLEngine engine) {
        try {
            Certificate[] chain = engine.getSession().getPeerCertificates();
            X509Certificate[] certificates = new X509Certificate[chain.length];
            for (int i = 0; i < chain.length; i++) {
                certificates[i] = (X509Certificate) chain[i];
            }
            return certificates.length == 0 ? null : certificates;
        } catch (SSLPeerUnverifiedException _) {
            return null;
        }
    }

    /** Trusts no certificate: no authority could be resolved. */
    record Nobody() implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keyType) throws CertificateException {
            throw new CertificateException("the listener has no usable authority for client certificates");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keyType) throws CertificateException {
            throw new CertificateException("this side is a server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
