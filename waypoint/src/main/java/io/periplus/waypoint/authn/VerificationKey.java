package io.periplus.waypoint.authn;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A key that signatures are verified with (RFC 7517 §4). What a key may be used for is its own property, not the token's:
 * an RSA key never serves as the secret of an HMAC.
 *
 * @param id        {@code kid}; empty if it has none
 * @param type      {@code kty}
 * @param curve     {@code crv}; empty if it has none
 * @param algorithm {@code alg}; empty if it is not bound to one
 */
record VerificationKey(String id, String type, String curve, String algorithm, Key key) {
    /** RFC 7518 §3.3 asks for 2048 at least. What is larger than the most costs more than a request is worth. */
    private static final int RSA_BITS_LEAST = 2048;

    private static final int RSA_BITS_MOST = 8192;
    private static final BigInteger LEAST_EXPONENT = BigInteger.valueOf(3);
    private static final int ED25519_BYTES = 32;
    private static final Map<String, String> CURVES =
            Map.of("P-256", "secp256r1", "P-384", "secp384r1", "P-521", "secp521r1");

    /** Reads a key; null for one that cannot be used. */
    static @Nullable VerificationKey of(Map<?, ?> jwk) {
        String type = text(jwk, "kty");
        String curve = curve(jwk, type);
        if (!text(jwk, "use").isEmpty() && !text(jwk, "use").equals("sig")) {
            return null;
        }
        try {
            Key key = switch (type) {
                case "RSA" -> rsa(number(jwk, "n"), number(jwk, "e"));
                case "EC" -> ec(curve, number(jwk, "x"), number(jwk, "y"));
                case "OKP" -> ed25519(curve, bytes(jwk, "x"));
                case "oct" -> new SecretKeySpec(bytes(jwk, "k"), "HMAC");
                default -> null;
            };
            return key == null ? null : new VerificationKey(text(jwk, "kid"), type, curve, text(jwk, "alg"), key);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether the token may have been signed with this key. */
    boolean fits(Jwt token) {
        Algorithm used = token.algorithm();
        return type.equals(used.type())
                && (used.curve().isEmpty() || curve.equals(used.curve()))
                && (algorithm.isEmpty() || algorithm.equals(used.name()))
                && (id.isEmpty() || token.keyId().isEmpty() || id.equals(token.keyId()));
    }

    /** Whether the token was signed with this key, which fits. */
    boolean verifies(Jwt token) {
        try {
            return key instanceof PublicKey shared ? verifies(shared, token) : authenticates(token);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean verifies(PublicKey key, Jwt token) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance(token.algorithm().standardName());
        if (token.algorithm().pss() != null) {
            verifier.setParameter(token.algorithm().pss());
        }
        verifier.initVerify(key);
        verifier.update(token.signed());
        return verifier.verify(token.signature());
    }

    private boolean authenticates(Jwt token) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(token.algorithm().standardName());
        mac.init(key);
        return MessageDigest.isEqual(mac.doFinal(token.signed()), token.signature());
    }

    private static @Nullable Key rsa(BigInteger modulus, BigInteger exponent) throws GeneralSecurityException {
        int bits = modulus.bitLength();
        boolean sound = bits >= RSA_BITS_LEAST
                && bits <= RSA_BITS_MOST
                && exponent.testBit(0)
                && exponent.compareTo(LEAST_EXPONENT) >= 0
                && exponent.bitLength() <= Long.SIZE;
        return sound ? KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent)) : null;
    }

    private static @Nullable Key ec(String curve, BigInteger x, BigInteger y) throws GeneralSecurityException {
        String name = CURVES.get(curve);
        if (name == null) {
            return null;
        }
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(name));
        ECParameterSpec on = parameters.getParameterSpec(ECParameterSpec.class);
        return isOnCurve(on, x, y)
                ? KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), on))
                : null;
    }

    private static boolean isOnCurve(ECParameterSpec on, BigInteger x, BigInteger y) {
        BigInteger prime = ((ECFieldFp) on.getCurve().getField()).getP();
        BigInteger right =
                x.pow(3).add(on.getCurve().getA().multiply(x)).add(on.getCurve().getB());
        return x.compareTo(prime) < 0
                && y.compareTo(prime) < 0
                && y.pow(2).subtract(right).mod(prime).signum() == 0;
    }

    private static @Nullable Key ed25519(String curve, byte[] x) throws GeneralSecurityException {
        if (!curve.equals("Ed25519") || x.length != ED25519_BYTES) {
            return null;
        }
        // Little endian, with the sign of the other coordinate in the topmost bit (RFC 8032 §5.1.2).
        boolean odd = x[ED25519_BYTES - 1] < 0;
        byte[] bigEndian = new byte[ED25519_BYTES];
        for (int i = 0; i < ED25519_BYTES; i++) {
            bigEndian[i] = x[ED25519_BYTES - 1 - i];
        }
        bigEndian[0] &= 0x7f;
        EdECPoint point = new EdECPoint(odd, new BigInteger(1, bigEndian));
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
    }

    // Some issuers leave the curve to be told from the algorithm.
    private static String curve(Map<?, ?> jwk, String type) {
        String curve = text(jwk, "crv");
        if (!curve.isEmpty() || !type.equals("EC")) {
            return curve;
        }
        Algorithm algorithm = Algorithm.of(text(jwk, "alg"));
        return algorithm == null ? "P-256" : algorithm.curve();
    }

    private static BigInteger number(Map<?, ?> jwk, String name) {
        return new BigInteger(1, bytes(jwk, name));
    }

    private static byte[] bytes(Map<?, ?> jwk, String name) {
        byte[] bytes = TokenJson.base64(text(jwk, name));
        if (bytes == null || bytes.length == 0) {
            throw new IllegalArgumentException(name);
        }
        return bytes;
    }

    private static String text(Map<?, ?> jwk, String name) {
        return jwk.get(name) instanceof String text ? text : "";
    }

    @Override
    public String toString() {
        return type + " " + id;
    }
}
