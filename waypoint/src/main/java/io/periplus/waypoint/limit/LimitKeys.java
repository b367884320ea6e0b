package io.periplus.waypoint.limit;

import io.periplus.waypoint.exchange.RequestContext;
import io.periplus.wire.waypoint.LimitKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a limit counts by. */
record LimitKeys(List<KeyPart> parts) {
    /** A client that sends long values must not fill the memory with them. */
    static final int VALUE_MAX = 128;

    /** @throws IllegalArgumentException if a part cannot be used */
    static LimitKeys compile(List<LimitKey> keys) {
        return new LimitKeys(keys.stream().map(KeyPart::compile).toList());
    }

    /** The key of a request as one text; null for a limit that has none. */
    @Nullable
    String of(RequestContext request) {
        return switch (parts.size()) {
            case 0 -> null;
            case 1 -> bounded(parts.getFirst().of(request));
            default -> joined(request);
        };
    }

    /** With lengths, so that no two lists of values look the same. */
    private String joined(RequestContext request) {
        StringBuilder key = new StringBuilder(64);
        for (int i = 0; i < parts.size(); i++) {
            String value = bounded(parts.get(i).of(request));
            key.append(value.length()).append(':').append(value);
        }
        return key.toString();
    }

    /** Its parts. */
    List<String> values(RequestContext request) {
        List<String> values = new ArrayList<>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            values.add(bounded(parts.get(i).of(request)));
        }
        return values;
    }

    private static String bounded(String value) {
        return value.length() <= VALUE_MAX ? value : "sha256:" + sha256(value);
    }

    private static String sha256(String value) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
