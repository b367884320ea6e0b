package io.periplus.waypoint.authn;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an issuer (RFC 7517 §5). Compared by identity: what was verified with a set of keys says nothing about the
 * set that replaces it.
 */
final class KeySet {
    /** A token that names no key is tried with all that fit; issuers have a handful. */
    private static final int TRIES_MOST = 32;

    private final List<VerificationKey> keys;
    private final @Nullable TokenError error;

    private KeySet(List<VerificationKey> keys, @Nullable TokenError error) {
        this.keys = keys;
        this.error = error;
    }

    /** Without keys: nothing is believed. */
    static KeySet unavailable() {
        return new KeySet(List.of(), TokenError.NO_KEYS);
    }

    /** Keys that cannot be used are left out; a set without any believes nothing. */
    static KeySet parse(String jwks) {
        Map<String, Object> read = TokenJson.object(jwks.getBytes(StandardCharsets.UTF_8));
        if (read == null) {
            return new KeySet(List.of(), TokenError.KEYS_NOT_JSON);
        }
        List<VerificationKey> keys = new ArrayList<>();
        if (read.get("keys") instanceof List<?> list) {
            for (Object jwk : list) {
                VerificationKey key = jwk instanceof Map<?, ?> parts ? VerificationKey.of(parts) : null;
                if (key != null) {
                    keys.add(key);
                }
            }
        }
        return new KeySet(List.copyOf(keys), keys.isEmpty() ? TokenError.NO_VALID_KEYS : null);
    }

    /** Why no key can have signed the token; null if one may have. Takes no time. */
    @Nullable
    TokenError mismatch(Jwt token) {
        if (error != null) {
            return error;
        }
        for (int i = 0; i < keys.size(); i++) {
            if (keys.get(i).fits(token)) {
                return null;
            }
        }
        return TokenError.NO_MATCHING_KEY;
    }

    /** Verifies a token's signature; null if one of the keys made it. Takes long. */
    @Nullable
    TokenError verify(Jwt token) {
        TokenError mismatch = mismatch(token);
        if (mismatch != null) {
            return mismatch;
        }
        int tries = 0;
        for (VerificationKey key : keys) {
            if (key.fits(token) && tries++ < TRIES_MOST && key.verifies(token)) {
                return null;
            }
        }
        return TokenError.WRONG_SIGNATURE;
    }

    /** The names of the keys. */
    @Override
    public String toString() {
        return error == null ? keys.toString() : error.text();
    }
}
