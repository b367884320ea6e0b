package io.periplus.waypoint.edge;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.periplus.dataplane.tls.CompliancePolicy;
import io.periplus.dataplane.tls.Pem;
import io.periplus.waypoint.tunnel.ClientHello;
import io.periplus.wire.waypoint.KeyPair;
import io.periplus.wire.waypoint.ListenerTls;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The TLS of a listener: a context per certificate, of which each client is shown the one that fits best. Immutable;
 * connections go on with the contexts that they were opened with. TLS 1.2 and 1.3, with forward secrecy only.
 */
final class ServerTls {
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            "ECDHE-RSA-CHACHA20-POLY1305");
    private static final ApplicationProtocolConfig HTTP = new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2,
            ApplicationProtocolNames.HTTP_1_1);
    private static final int DNS_NAME = 2;

    /** One certificate. */
    private record Certified(SslContext context, boolean ecdsa, ServerNames<Boolean> names) {
        boolean fits(ClientHello hello) {
            return !ecdsa || hello.ecdsa();
        }

        boolean isFor(ClientHello hello) {
            return names.find(hello.serverName()) != null;
        }
    }

    private final List<Certified> certificates;
    private final ClientAuthentication clients;

    private ServerTls(List<Certified> certificates, ClientAuthentication clients) {
        this.certificates = certificates;
        this.clients = clients;
    }

    /**
     * @param http whether HTTP is spoken inside and negotiated
     * @throws IllegalArgumentException if a certificate, key or authority cannot be used
     */
    static ServerTls of(ListenerTls settings, boolean http) {
        if (settings.getCertificatesCount() == 0) {
            throw new IllegalArgumentException("it has no certificate");
        }
        ClientAuthentication clients = ClientAuthentication.of(settings);
        List<Certified> certificates = new ArrayList<>();
        for (KeyPair pair : settings.getCertificatesList()) {
            certificates.add(certified(pair, clients, http));
        }
        return new ServerTls(List.copyOf(certificates), clients);
    }

    private static Certified certified(KeyPair pair, ClientAuthentication clients, boolean http) {
        try {
            X509Certificate[] chain = Pem.certificates(pair.getCertificateChain());
            X509Certificate leaf = chain[0];
            SslContextBuilder builder = SslContextBuilder.forServer(Pem.privateKey(pair.getPrivateKey()), chain)
                    .sslProvider(SslProvider.OPENSSL)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .ciphers(CIPHERS)
                    .option(
                            OpenSslContextOption.GROUPS,
                            CompliancePolicy.DEFAULT.groups().toArray(String[]::new));
            if (http) {
                builder.applicationProtocolConfig(HTTP);
            }
            clients.configure(builder);
            return new Certified(
                    builder.build(), leaf.getPublicKey().getAlgorithm().equals("EC"), namesOf(leaf));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException("its certificate or key cannot be used: " + e.getMessage(), e);
        }
    }

    private static ServerNames<Boolean> namesOf(X509Certificate leaf) throws GeneralSecurityException {
        Map<String, Boolean> names = new HashMap<>();
        var alternatives = leaf.getSubjectAlternativeNames();
        if (alternatives != null) {
            for (List<?> name : alternatives) {
                if (name.get(0) instanceof Integer type && type == DNS_NAME && name.get(1) instanceof String dns) {
                    names.put(dns.toLowerCase(Locale.ROOT), true);
                }
            }
        }
        return ServerNames.of(names);
    }

    /** How clients prove who they are. */
    ClientAuthentication clients() {
        return clients;
    }

    /** A handler for a client that has said this. The caller sets its handshake timeout. */
    SslHandler newHandler(ClientHello hello, ByteBufAllocator allocator) {
        return choose(hello).context.newHandler(allocator);
    }

    /**
     * Of the certificates for the server's name, or of all if there is none, the first with a key that the client takes,
     * ECDSA before RSA as it costs a tenth.
     */
    private Certified choose(ClientHello hello) {
        Certified best = certificates.getFirst();
        int bestRank = -1;
        for (Certified candidate : certificates) {
            int rank = (candidate.isFor(hello) ? 4 : 0) + (candidate.fits(hello) ? 2 : 0) + (candidate.ecdsa ? 1 : 0);
            if (rank > bestRank) {
                best = candidate;
                bestRank = rank;
            }
        }
        return best;
    }
}
