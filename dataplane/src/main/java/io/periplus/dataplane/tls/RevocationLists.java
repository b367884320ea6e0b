package io.periplus.dataplane.tls;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Certificate revocation lists (RFC 5280 §5), by issuer. A list counts only for certificates that were signed with the key
 * that signed the list, so that two issuers of one name are not confused. A certificate of an issuer without a list is good;
 * a list whose time is over still says what it says.
 */
final class RevocationLists {
    static final RevocationLists NONE = new RevocationLists(List.of());

    private record SignedList(X509CRL list, Map<PublicKey, Boolean> signers) {
        boolean isSignedBy(PublicKey key) {
            return signers.computeIfAbsent(key, this::verify);
        }

        private boolean verify(PublicKey key) {
            try {
                list.verify(key);
                return true;
            } catch (GeneralSecurityException _) {
                return false;
            }
        }
    }

    private final Map<X500Principal, List<SignedList>> byIssuer = new HashMap<>();

    private RevocationLists(List<X509CRL> lists) {
        for (X509CRL list : lists) {
            byIssuer.computeIfAbsent(list.getIssuerX500Principal(), _ -> new ArrayList<>(1))
                    .add(new SignedList(list, new ConcurrentHashMap<>()));
        }
    }

    /**
     * Reads PEM, any number of lists one after the other, or one list as DER; nothing is no list.
     *
     * @throws CRLException if there is anything else
     */
    static RevocationLists parse(byte[] content) throws CRLException {
        if (new String(content, java.nio.charset.StandardCharsets.ISO_8859_1).isBlank()) {
            return NONE;
        }
        try {
            List<X509CRL> lists = new ArrayList<>();
            for (CRL list : CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(content))) {
                lists.add((X509CRL) list);
            }
            if (lists.isEmpty()) {
                throw new CRLException("no revocation list in " + content.length + " bytes (expected: PEM or DER)");
            }
            return new RevocationLists(lists);
        } catch (CertificateException e) {
            throw new CRLException(e);
        }
    }

    boolean isEmpty() {
        return byIssuer.isEmpty();
    }

    /** Why the path must not be used any more; {@code null} if nothing of it was revoked. */
    @Nullable
    String revoked(VerifiedPath path) {
        for (int i = 0; i < path.certificates().size(); i++) {
            X509Certificate certificate = path.certificates().get(i);
            for (SignedList candidate : byIssuer.getOrDefault(certificate.getIssuerX500Principal(), List.of())) {
                if (candidate.list.isRevoked(certificate) && candidate.isSignedBy(path.issuerKey(i))) {
                    return "certificate %s of issuer \"%s\" was revoked"
                            .formatted(certificate.getSerialNumber(), certificate.getIssuerX500Principal());
                }
            }
        }
        return null;
    }
}
