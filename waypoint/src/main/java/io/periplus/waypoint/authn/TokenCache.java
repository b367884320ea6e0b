package io.periplus.waypoint.authn;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens that were verified lately, by their whole text. Belongs to one event loop. */
final class TokenCache {
    /** Clients that come back within their token's life; what is forgotten is verified again. */
    private static final int TOKENS_MOST = 4096;

    /** Per loop; what a token's claims take besides is a small multiple of it. */
    private static final int CHARS_MOST = 4 << 20;

    private static final float LOAD = 0.75f;

    private final Map<String, VerifiedToken> tokens = new LinkedHashMap<>(16, LOAD, true);
    private int chars;

    @Nullable
    VerifiedToken get(String token) {
        return tokens.get(token);
    }

    void put(String token, VerifiedToken verified) {
        if (tokens.put(token, verified) == null) {
            chars += token.length();
        }
        Iterator<String> oldest = tokens.keySet().iterator();
        while (tokens.size() > TOKENS_MOST || chars > CHARS_MOST) {
            chars -= oldest.next().length();
            oldest.remove();
        }
    }

    int size() {
        return tokens.size();
    }
}
