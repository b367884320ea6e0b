package io.periplus.waypoint.limit.remote;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Names of buckets: {@code periplus:{<policy>}:<limit>:<hash>}. The braces keep the buckets of a policy in one slot; the hash, 128
 * bits of SHA-256, covers the values, which may be long or secret, and the limit's place and numbers.
 */
final class RedisKeys {
    private static final int HASH_BYTES = 16;

    private RedisKeys() {}

    static String of(Ask ask) {
        MessageDigest digest = sha256();
        part(digest, ask.limit().counter());
        for (int i = 0; i < ask.values().size(); i++) {
            part(digest, ask.values().get(i));
        }
        byte[] hash = Arrays.copyOf(digest.digest(), HASH_BYTES);
        return "periplus:{" + ask.limit().policy() + "}:" + ask.limit().name() + ":"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    /** With its length, so that no two lists of parts look the same. */
    private static void part(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int shift = 24; shift >= 0; shift -= 8) {
            digest.update((byte) (bytes.length >>> shift));
        }
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
