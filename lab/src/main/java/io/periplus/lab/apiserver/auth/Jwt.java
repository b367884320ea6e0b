package io.periplus.lab.apiserver.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** JSON web tokens signed with ES256 (RFC 7515, 7518) by one key. */
final class Jwt {
    private static final String ALGORITHM = "SHA256withECDSAinP1363Format";
    private static final int COORDINATE_BYTES = 32;

    private final KeyPair key;
    private final String keyId;

    Jwt(KeyPair key) {
        this.key = key;
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(key.getPublic().getEncoded());
            this.keyId = encode(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    String sign(ObjectNode claims) {
        ObjectNode header = Json.object().put("alg", "ES256").put("kid", keyId);
        String signed = encode(Json.bytes(header)) + "." + encode(Json.bytes(claims));
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + encode(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign with the service account key", e);
        }
    }

    /** The claims; null when the token is malformed or another key signed it. */
    @Nullable
    JsonNode verify(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return null;
        }
        try {
            JsonNode header = Json.parseObject(decode(parts[0]));
            if (!Json.text(header, "alg").equals("ES256")) {
                return null;
            }
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key.getPublic());
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            return signature.verify(decode(parts[2])) ? Json.parseObject(decode(parts[1])) : null;
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            return null;
        }
    }

    ObjectNode publicKey() {
        ECPublicKey point = (ECPublicKey) key.getPublic();
        return Json.object()
                .put("use", "sig")
                .put("kty", "EC")
                .put("kid", keyId)
                .put("crv", "P-256")
                .put("alg", "ES256")
                .put("x", encode(coordinate(point.getW().getAffineX())))
                .put("y", encode(coordinate(point.getW().getAffineY())));
    }

    private static byte[] coordinate(BigInteger value) {
        byte[] bytes = value.toByteArray();
        byte[] fixed = new byte[COORDINATE_BYTES];
        int length = Math.min(bytes.length, COORDINATE_BYTES);
        System.arraycopy(bytes, bytes.length - length, fixed, COORDINATE_BYTES - length, length);
        return fixed;
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] decode(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}
