package io.periplus.dataplane.tls;

import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.tls.Revocations.Side;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Verifies peers by SPIFFE identity. As a server: the chain, the purpose, and an identity of the server's own trust
 * domain or an alias of it; which identity exactly is the policy's matter. As a client: the chain, the purpose, and an identity out of
 * those that {@link #expect} attached to the engine; without an expectation nothing is accepted.
 */
final class SpiffeTrustManager extends X509ExtendedTrustManager {
    private static final X509Certificate[] NO_HINTS = {};

    private final ChainVerifier chains;
    /** The own one and its aliases: an identity in one of them is the same in all. */
    private final Set<String> trustDomains;

    /** By engine, because a TLS session starts without the values that were attached before the handshake. */
    private final Map<SSLEngine, Set<SpiffeId>> expected = Collections.synchronizedMap(new WeakHashMap<>());

    /** Of engines whose peer was verified, as far as revocation has to know. */
    private final Map<SSLEngine, VerifiedPath> paths = Collections.synchronizedMap(new WeakHashMap<>());

    private final Revocations revocations;

    SpiffeTrustManager(List<X509Certificate> roots, Set<String> trustDomains, Revocations revocations) {
        this.chains = new ChainVerifier(roots);
        this.revocations = revocations;
        this.trustDomains = Set.copyOf(trustDomains);
    }

    /** Says which identities the server at the other end of {@code engine} may have. */
    void expect(SSLEngine engine, Set<SpiffeId> identities) {
        expected.put(engine, identities);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        verify(chain, ChainVerifier.CLIENT_AUTH, engine, Side.SERVER);
        List<SpiffeId> identities = PeerIdentities.of(chain[0]);
        if (identities.stream().noneMatch(id -> trustDomains.contains(id.trustDomain()))) {
            throw rejected("the client's identities %s are not of trust domain %s"
                    .formatted(identities, String.join(", ", trustDomains)));
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        verify(chain, ChainVerifier.SERVER_AUTH, engine, Side.CLIENT);
        Set<SpiffeId> accepted = engine == null ? Set.of() : expected.getOrDefault(engine, Set.of());
        List<SpiffeId> identities = PeerIdentities.of(chain[0]);
        if (identities.stream().noneMatch(id -> accepted.contains(id) || isAlias(id, accepted))) {
            throw rejected("the server is %s, expected one of %s".formatted(identities, accepted));
        }
    }

    private boolean isAlias(SpiffeId id, Set<SpiffeId> accepted) {
        return trustDomains.contains(id.trustDomain())
                && trustDomains.stream()
                        .anyMatch(
                                domain -> accepted.contains(new SpiffeId(domain, id.namespace(), id.serviceAccount())));
    }

    private void verify(X509Certificate[] chain, String purpose, @Nullable SSLEngine engine, Side side)
            throws CertificateException {
        try {
            VerifiedPath path = chains.verify(chain, purpose);
            revocations.check(path, side);
            if (engine != null && revocations.isEnabled()) {
                paths.put(engine, path);
            }
        } catch (RevokedException e) {
            throw new OpenSslCertificateException(e.getMessage(), e, CertificateVerifier.X509_V_ERR_CERT_REVOKED);
        } catch (CertificateException e) {
            throw new OpenSslCertificateException(e.getMessage(), e, CertificateVerifier.X509_V_ERR_CERT_UNTRUSTED);
        }
    }

    /** See {@link Revocations#track}. */
    AutoCloseable track(SSLEngine engine, Side side, Consumer<String> onRevoked) {
        return revocations.track(paths.remove(engine), side, onRevoked);
    }

    private static CertificateException rejected(String why) {
        return new OpenSslCertificateException(why, CertificateVerifier.X509_V_ERR_CERT_REJECTED);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType, (SSLEngine) null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType, (SSLEngine) null);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        checkClientTrusted(chain, authType, (SSLEngine) null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        checkServerTrusted(chain, authType, (SSLEngine) null);
    }

    /** Empty: clients have one certificate and need no hint which to choose. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return NO_HINTS;
    }
}
