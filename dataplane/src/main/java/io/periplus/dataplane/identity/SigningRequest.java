package io.periplus.dataplane.identity;

import io.periplus.api.SpiffeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/**
 * A fresh ECDSA P-256 key and the request to certify it (PKCS #10, RFC 2986): empty subject, one critical subject
 * alternative name with the SPIFFE id. Written by hand: a proxy that needs no more ASN.1 than this should not carry a
 * library for it, which costs ten megabytes of heap.
 */
record SigningRequest(KeyPair keys, String pem) {
    private static final byte[] VERSION_0 = Der.element(Der.INTEGER, new byte[] {0});
    private static final byte[] EMPTY_NAME = Der.element(Der.SEQUENCE);
    private static final byte[] EXTENSION_REQUEST = Der.oid(1, 2, 840, 113549, 1, 9, 14);
    private static final byte[] SUBJECT_ALTERNATIVE_NAME = Der.oid(2, 5, 29, 17);
    private static final byte[] ECDSA_WITH_SHA256 = Der.oid(1, 2, 840, 10045, 4, 3, 2);
    private static final byte[] NO_UNUSED_BITS = {0};
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    static SigningRequest create(SpiffeId identity) throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            byte[] request = signed(information(identity, keys), keys);
            return new SigningRequest(
                    keys,
                    "-----BEGIN CERTIFICATE REQUEST-----\n"
                            + LINES.encodeToString(request)
                            + "\n-----END CERTIFICATE REQUEST-----\n");
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot make a signing request for " + identity + ": " + e.getMessage(), e);
        }
    }

    /** {@code CertificationRequestInfo}. */
    private static byte[] information(SpiffeId identity, KeyPair keys) {
        byte[] uri = Der.element(Der.CONTEXT_6, identity.toString().getBytes(StandardCharsets.US_ASCII));
        byte[] extension = Der.element(
                Der.SEQUENCE,
                SUBJECT_ALTERNATIVE_NAME,
                Der.TRUE,
                Der.element(Der.OCTET_STRING, Der.element(Der.SEQUENCE, uri)));
        byte[] attribute = Der.element(
                Der.SEQUENCE, EXTENSION_REQUEST, Der.element(Der.SET, Der.element(Der.SEQUENCE, extension)));
        return Der.element(
                Der.SEQUENCE,
                VERSION_0,
                EMPTY_NAME,
                keys.getPublic().getEncoded(),
                Der.element(Der.CONTEXT_0, attribute));
    }

    /** {@code CertificationRequest}. */
    private static byte[] signed(byte[] information, KeyPair keys) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(information);
        return Der.element(
                Der.SEQUENCE,
                information,
                Der.element(Der.SEQUENCE, ECDSA_WITH_SHA256),
                Der.element(Der.BIT_STRING, NO_UNUSED_BITS, signature.sign()));
    }
}
