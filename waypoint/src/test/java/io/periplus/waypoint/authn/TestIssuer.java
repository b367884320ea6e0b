package io.periplus.waypoint.authn;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs tokens, good ones and such as an attacker would send. */
public final class TestIssuer {
    private static final Map<String, KeyPair> PAIRS = new ConcurrentHashMap<>();

    private final String keyId;
    private final String algorithm;
    private final KeyPair pair;

    /** With a key of its own for an algorithm; making RSA keys takes long, so names of keys share theirs. */
    public TestIssuer(String keyId, String algorithm) {
        this.keyId = keyId;
        this.algorithm = algorithm;
        this.pair = PAIRS.computeIfAbsent(keyId + algorithm, _ -> generate(algorithm));
    }

    /** A token with these claims. */
    public String token(String claims) {
        return token("{\"alg\":\"" + algorithm + "\",\"kid\":\"" + keyId + "\"}", claims);
    }

    /** A token with this header. */
    public String token(String header, String claims) {
        String signed = base64(header) + "." + base64(claims);
        return signed + "." + base64(sign(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    /** The issuer's set of keys. */
    public String jwks() {
        return jwks(jwk());
    }

    /** A set of keys. */
    public static String jwks(String... keys) {
        return "{\"keys\":[" + String.join(",", keys) + "]}";
    }

    /** The public key. */
    public String jwk() {
        return jwk("\"kid\":\"" + keyId + "\",\"alg\":\"" + algorithm + "\",");
    }

    /** The public key with other members. */
    public String jwk(String members) {
        return "{" + members
                + switch (pair.getPublic()) {
                    case RSAPublicKey rsa ->
                        "\"kty\":\"RSA\",\"n\":\"" + number(rsa.getModulus(), 0) + "\",\"e\":\""
                                + number(rsa.getPublicExponent(), 0) + "\"}";
                    case ECPublicKey ec -> {
                        int bytes = (ec.getParams().getCurve().getField().getFieldSize() + 7) / 8;
                        int bits = ec.getParams().getCurve().getField().getFieldSize();
                        yield "\"kty\":\"EC\",\"crv\":\"P-" + bits + "\",\"x\":\""
                                + number(ec.getW().getAffineX(), bytes) + "\",\"y\":\""
                                + number(ec.getW().getAffineY(), bytes) + "\"}";
                    }
                    case EdECPublicKey ed -> {
                        byte[] encoded = ed.getEncoded();
                        yield "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\""
                                + base64(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)) + "\"}";
                    }
                    default -> throw new IllegalStateException();
                };
    }

    /** The public key as certificates hold it. */
    public byte[] publicKey() {
        return pair.getPublic().getEncoded();
    }

    /** A token signed with a secret. */
    public static String hmac(String algorithm, byte[] secret, String header, String claims) {
        try {
            String signed = base64(header) + "." + base64(claims);
            Mac mac = Mac.getInstance("HmacSHA" + algorithm.substring(2));
            mac.init(new SecretKeySpec(secret, "HMAC"));
            return signed + "." + base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] sign(byte[] bytes) {
        try {
            Algorithm known = Objects.requireNonNull(Algorithm.of(algorithm));
            Signature signer = Signature.getInstance(known.standardName());
            if (known.pss() != null) {
                signer.setParameter(known.pss());
            }
            signer.initSign(pair.getPrivate());
            signer.update(bytes);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair generate(String algorithm) {
        try {
            Algorithm known = Objects.requireNonNull(Algorithm.of(algorithm));
            KeyPairGenerator generator =
                    KeyPairGenerator.getInstance(known.type().equals("OKP") ? "Ed25519" : known.type());
            if (known.type().equals("RSA")) {
                generator.initialize(2048);
            } else if (known.type().equals("EC")) {
                generator.initialize(
                        new ECGenParameterSpec("secp" + known.curve().substring(2) + "r1"));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String number(BigInteger number, int bytes) {
        byte[] signed = number.toByteArray();
        int length = Math.max(bytes, (number.bitLength() + 7) / 8);
        byte[] unsigned = new byte[length];
        int from = Math.max(0, signed.length - length);
        System.arraycopy(signed, from, unsigned, length - (signed.length - from), signed.length - from);
        return base64(unsigned);
    }

    /** Base64url. */
    public static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
