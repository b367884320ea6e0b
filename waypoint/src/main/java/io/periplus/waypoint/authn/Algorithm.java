package io.periplus.waypoint.authn;

import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How tokens are signed (RFC 7518 §3, RFC 8037 §3.1). Each goes with one type of key and, for elliptic curves, with one
 * curve; {@code none} is none of them.
 *
 * @param type of the key, as in {@code kty}
 * @param curve as in {@code crv}; empty where keys have none
 * @param standardName in the JDK
 */
record Algorithm(
        String name,
        String type,
        String curve,
        String standardName,
        @Nullable PSSParameterSpec pss) {
    private static final Map<String, Algorithm> ALL = new HashMap<>();

    static {
        for (int bits : new int[] {256, 384, 512}) {
            String hash = "SHA" + bits;
            add("RS" + bits, "RSA", "", hash + "withRSA", null);
            add("HS" + bits, "oct", "", "Hmac" + hash, null);
            String digest = "SHA-" + bits;
            PSSParameterSpec pss = new PSSParameterSpec(
                    digest, "MGF1", new MGF1ParameterSpec(digest), bits / 8, PSSParameterSpec.TRAILER_FIELD_BC);
            add("PS" + bits, "RSA", "", "RSASSA-PSS", pss);
            String curve = bits == 512 ? "P-521" : "P-" + bits;
            // The two numbers one after the other (RFC 7518 §3.4), which the JDK calls IEEE P1363.
            add("ES" + bits, "EC", curve, hash + "withECDSAinP1363Format", null);
        }
        add("EdDSA", "OKP", "Ed25519", "Ed25519", null);
    }

    private static void add(
            String name, String type, String curve, String standardName, @Nullable PSSParameterSpec pss) {
        ALL.put(name, new Algorithm(name, type, curve, standardName, pss));
    }

    /** Null for one that is not supported. */
    static @Nullable Algorithm of(String name) {
        return ALL.get(name);
    }

    /** Whether signer and verifier share the key. */
    boolean isSymmetric() {
        return type.equals("oct");
    }
}
