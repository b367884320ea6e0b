package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.waypoint.upstream.policy.HashKey;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The cookie by which a client finds the same endpoint again.
 *
 * @param made what the client is to be given, null if it brought the cookie itself
 */
record HashCookie(String value, @Nullable String made) {
    /** The client's cookie, else a new one; null where the policy makes none. */
    static @Nullable HashCookie of(HttpHeaders request, HashKey.Cookie wanted) {
        for (String line : request.getAll(HttpHeaderNames.COOKIE)) {
            for (String pair : line.split(";", -1)) {
                String trimmed = pair.trim();
                if (trimmed.startsWith(wanted.name())
                        && trimmed.startsWith("=", wanted.name().length())) {
                    return new HashCookie(trimmed.substring(wanted.name().length() + 1), null);
                }
            }
        }
        return wanted.ttl() == null ? null : fresh(wanted);
    }

    private static HashCookie fresh(HashKey.Cookie wanted) {
        String value = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        StringBuilder made = new StringBuilder(wanted.name()).append('=').append(value);
        if (wanted.ttl() != null && wanted.ttl().isPositive()) {
            made.append("; Max-Age=").append(wanted.ttl().toSeconds());
        }
        if (!wanted.path().isEmpty()) {
            made.append("; Path=").append(wanted.path());
        }
        return new HashCookie(value, made.append("; HttpOnly").toString());
    }

    void addTo(HttpHeaders response) {
        if (made != null) {
            response.add(HttpHeaderNames.SET_COOKIE, made);
        }
    }
}
