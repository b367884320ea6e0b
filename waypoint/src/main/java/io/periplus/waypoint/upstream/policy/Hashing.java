package io.periplus.waypoint.upstream.policy;

import io.periplus.wire.waypoint.ConsistentHash;
import io.periplus.wire.waypoint.HashCookie;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Consistent hashing.
 *
 * @param key what stands for a client
 * @param size of the ring at least, or of the Maglev table, which has to be a prime
 */
public record Hashing(HashKey key, Ring ring, int size) {
    private static final int RING_SIZE_DEFAULT = 1024;

    /** Envoy's bound; a ring of that size takes 100 MB. */
    private static final int RING_SIZE_MAX = 8 * 1024 * 1024;

    private static final int MAGLEV_SIZE_DEFAULT = 65_537;

    /** Envoy's bound. */
    private static final int MAGLEV_SIZE_MAX = 5_000_011;

    /** How keys find endpoints. */
    public enum Ring {
        RING_HASH,
        MAGLEV
    }

    /** Null if the policy names no key. */
    static @Nullable Hashing of(ConsistentHash source) {
        HashKey key = switch (source.getKeyCase()) {
            case HEADER -> new HashKey.Header(source.getHeader().toLowerCase(Locale.ROOT));
            case COOKIE -> cookie(source.getCookie());
            case QUERY_PARAMETER -> new HashKey.Query(source.getQueryParameter());
            case SOURCE_IP -> source.getSourceIp() ? new HashKey.SourceIp() : null;
            case KEY_NOT_SET -> null;
        };
        if (key == null) {
            return null;
        }
        return source.getRing() == ConsistentHash.Ring.MAGLEV
                ? new Hashing(key, Ring.MAGLEV, primeUpTo(size(source.getSize(), MAGLEV_SIZE_DEFAULT, MAGLEV_SIZE_MAX)))
                : new Hashing(key, Ring.RING_HASH, size(source.getSize(), RING_SIZE_DEFAULT, RING_SIZE_MAX));
    }

    private static HashKey cookie(HashCookie cookie) {
        return new HashKey.Cookie(
                cookie.getName(), cookie.getPath(), cookie.hasTtl() ? Times.of(cookie.getTtl()) : null);
    }

    private static int size(long given, int absent, int max) {
        return given == 0 ? absent : (int) (Long.compareUnsigned(given, max) > 0 ? max : given);
    }

    /** The given number if it is prime, else the next smaller prime, at least 2. */
    private static int primeUpTo(int number) {
        int candidate = Math.max(2, number);
        while (!isPrime(candidate)) {
            candidate--;
        }
        return candidate;
    }

    private static boolean isPrime(int number) {
        for (int divisor = 2; (long) divisor * divisor <= number; divisor++) {
            if (number % divisor == 0) {
                return false;
            }
        }
        return true;
    }
}
