package io.periplus.ztunnel;

import org.jspecify.annotations.Nullable;

/** Reads the {@code forwarded} header (RFC 7239); for telemetry only. */
final class Forwarded {
    private static final String HOST = "host=";

    private Forwarded() {}

    /** The value of {@code host}, without quotes; {@code null} if absent. */
    static @Nullable String host(@Nullable String header) {
        if (header == null) {
            return null;
        }
        for (String part : header.split(";", -1)) {
            String trimmed = part.trim();
            if (trimmed.regionMatches(true, 0, HOST, 0, HOST.length())) {
                return trimmed.substring(HOST.length()).replace("\"", "");
            }
        }
        return null;
    }
}
