package io.periplus.dataplane.identity;

import io.periplus.api.SpiffeId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and checks what a certificate authority answered: leaf, intermediates, and the roots as last element. */
final class IssuedChain {
    private static final Integer SAN_URI = 6;

    private IssuedChain() {}

    static WorkloadCertificate read(SpiffeId requested, KeyPair keys, List<String> pems) throws IOException {
        if (pems.size() < 2) {
            throw new IOException("the authority answered " + pems.size()
                    + " certificates (expected: the leaf first, the root last)");
        }
        List<X509Certificate> chain = new ArrayList<>();
        for (String pem : pems.subList(0, pems.size() - 1)) {
            chain.addAll(parse(pem));
        }
        List<X509Certificate> roots = parse(pems.getLast());
        if (chain.isEmpty() || roots.isEmpty()) {
            throw new IOException("the authority answered no leaf or no root");
        }
        X509Certificate leaf = chain.getFirst();
        String name = firstUri(leaf);
        if (!requested.toString().equals(name)) {
            throw new IOException("the authority certified " + name + " (expected: " + requested + ")");
        }
        if (!leaf.getPublicKey().equals(keys.getPublic())) {
            throw new IOException("the authority certified another key than the one requested");
        }
        return new WorkloadCertificate(requested, keys.getPrivate(), chain, roots);
    }

    private static List<X509Certificate> parse(String pem) throws IOException {
        try {
            Collection<? extends Certificate> parsed = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
            return parsed.stream().map(X509Certificate.class::cast).toList();
        } catch (GeneralSecurityException e) {
            throw new IOException("the authority answered an unreadable certificate: " + e.getMessage(), e);
        }
    }

    private static @Nullable String firstUri(X509Certificate leaf) throws IOException {
        try {
            Collection<List<?>> names = leaf.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    if (SAN_URI.equals(name.get(0))) {
                        return String.valueOf(name.get(1));
                    }
                }
            }
            return null;
        } catch (GeneralSecurityException e) {
            throw new IOException("unreadable subject alternative names: " + e.getMessage(), e);
        }
    }
}
