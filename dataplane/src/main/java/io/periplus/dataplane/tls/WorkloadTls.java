package io.periplus.dataplane.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.identity.WorkloadCertificate;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * TLS 1.3, and 1.2 where that is wanted, in one workload's name: both contexts of one certificate, made when first needed and immutable after that.
 * A rotated certificate gets a new instance; connections made with the old one go on. ALPN is {@code h2}, the server
 * requires a client certificate, no server name is sent, sessions are never resumed (resumption would bypass the
 * verification of the peer). The suites are BoringSSL's for TLS 1.3, AES-GCM first where the CPU has it. Safe for use
 * by several threads.
 */
public final class WorkloadTls {
    private static final ApplicationProtocolConfig ALPN = new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2);

    private static final String[] TLS13 = {"TLSv1.3"};
    private static final String[] TLS12_TOO = {"TLSv1.3", "TLSv1.2"};
    /** What is offered when TLS 1.2 is. */
    private static final List<String> SUITES12 = List.of(
            "TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

    private final WorkloadCertificate certificate;
    private final boolean tls12;
    private final SpiffeTrustManager trust;
    private final Supplier<SslContext> server;
    private final Supplier<SslContext> client;

    /** @param certificate the workload's key, chain and trust roots */
    public WorkloadTls(WorkloadCertificate certificate, CompliancePolicy policy) {
        this(certificate, policy, Revocations.NONE);
    }

    /** The same, of which peers may be revoked. */
    public WorkloadTls(WorkloadCertificate certificate, CompliancePolicy policy, Revocations revocations) {
        this(certificate, policy, revocations, false);
    }

    /** The same, which also speaks TLS 1.2 with peers that know nothing newer. */
    public WorkloadTls(
            WorkloadCertificate certificate, CompliancePolicy policy, Revocations revocations, boolean tls12) {
        this(certificate, policy, revocations, tls12, Set.of());
    }

    /** The same, to which identities in these trust domains are the same as those in its own. */
    public WorkloadTls(
            WorkloadCertificate certificate,
            CompliancePolicy policy,
            Revocations revocations,
            boolean tls12,
            Set<String> aliases) {
        this.certificate = certificate;
        this.tls12 = tls12;
        Set<String> trustDomains = new HashSet<>(aliases);
        trustDomains.add(certificate.identity().trustDomain());
        this.trust = new SpiffeTrustManager(certificate.roots(), trustDomains, revocations);
        this.server = new Once<>(() -> serverContext(policy));
        this.client = new Once<>(() -> clientContext(policy));
    }

    /** In whose name. */
    public SpiffeId identity() {
        return certificate.identity();
    }

    /** What it was made from. */
    public WorkloadCertificate certificate() {
        return certificate;
    }

    /** A handler that answers a client. The caller sets its handshake timeout. */
    public SslHandler newServerHandler(ByteBufAllocator allocator) {
        return server.get().newHandler(allocator);
    }

    /**
     * A handler that opens a connection to a server with one of the {@code expected} identities and aborts the
     * handshake for any other.
     */
    public SslHandler newClientHandler(ByteBufAllocator allocator, Set<SpiffeId> expected) {
        SslHandler handler = client.get().newHandler(allocator);
        trust.expect(handler.engine(), expected);
        return handler;
    }

    /** The peer's identity after a successful handshake: the first SPIFFE id of its certificate. */
    public static Optional<SpiffeId> peer(SSLEngine engine) {
        try {
            Certificate[] chain = engine.getSession().getPeerCertificates();
            return chain[0] instanceof X509Certificate leaf
                    ? PeerIdentities.of(leaf).stream().findFirst()
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException _) {
            return Optional.empty();
        }
    }

    /**
     * Has a connection ended when its peer's certificate is revoked; to be called after its handshake.
     *
     * @param onRevoked told why, at most once, on any thread
     * @return to be closed with the connection
     */
    public AutoCloseable endWhenRevoked(SSLEngine engine, Revocations.Side side, Consumer<String> onRevoked) {
        return trust.track(engine, side, onRevoked);
    }

    private SslContext serverContext(CompliancePolicy policy) {
        return build(SslContextBuilder.forServer(certificate.key(), chain()).clientAuth(ClientAuth.REQUIRE), policy);
    }

    private SslContext clientContext(CompliancePolicy policy) {
        return build(
                SslContextBuilder.forClient()
                        .keyManager(certificate.key(), chain())
                        .endpointIdentificationAlgorithm(null),
                policy);
    }

    private SslContext build(SslContextBuilder builder, CompliancePolicy policy) {
        try {
            if (tls12) {
                builder.ciphers(SUITES12);
            }
            SslContext context = builder.sslProvider(SslProvider.OPENSSL)
                    .protocols(tls12 ? TLS12_TOO : TLS13)
                    .applicationProtocolConfig(ALPN)
                    .option(OpenSslContextOption.GROUPS, policy.groups().toArray(String[]::new))
                    .trustManager(trust)
                    .build();
            if (tls12 && context.sessionContext() instanceof OpenSslSessionContext sessions) {
                sessions.setSessionCacheEnabled(false);
            }
            return context;
        } catch (SSLException e) {
            throw new IllegalStateException(
                    "cannot make a TLS context for %s: %s".formatted(certificate.identity(), e.getMessage()), e);
        }
    }

    private X509Certificate[] chain() {
        return certificate.chain().toArray(X509Certificate[]::new);
    }
}
