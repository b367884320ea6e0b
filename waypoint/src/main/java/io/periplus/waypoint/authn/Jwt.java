package io.periplus.waypoint.authn;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token in compact form (RFC 7515 §7.1), taken apart and not yet believed.
 *
 * @param keyId     {@code kid}; empty if it has none
 * @param issuer    {@code iss}; empty if it has none
 * @param subject   {@code sub}; empty if it has none
 * @param notBefore {@code nbf} in seconds since 1970; 0 if it has none
 * @param expires   {@code exp} in seconds since 1970; 0 if it has none
 * @param claims    immutable in depth
 * @param payload   as it stands in the token
 * @param signed    the bytes that are signed
 */
record Jwt(
        Algorithm algorithm,
        String keyId,
        String issuer,
        String subject,
        List<String> audiences,
        long notBefore,
        long expires,
        Map<String, Object> claims,
        String payload,
        byte[] signed,
        byte[] signature) {
    /** Larger than what servers behind a proxy take as a header, and with other headers still within a head. */
    static final int CHARS_MOST = 32 << 10;

    /** How far clocks may be apart, as Envoy has it. */
    private static final long CLOCK_SKEW_SECONDS = 60;

    /**
     * Takes a token apart.
     *
     * @throws TokenException for what is no token
     */
    static Jwt parse(String token) throws TokenException {
        if (token.length() > CHARS_MOST) {
            throw new TokenException(TokenError.TOO_LARGE);
        }
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first <= 0 || second <= first + 1 || second == token.length() - 1 || token.indexOf('.', second + 1) >= 0) {
            throw new TokenException(TokenError.BAD_FORMAT);
        }
        Map<String, Object> header =
                object(token.substring(0, first), TokenError.HEADER_NOT_BASE64, TokenError.HEADER_NOT_JSON);
        if (!(header.get("alg") instanceof String alg)) {
            throw new TokenException(TokenError.HEADER_WITHOUT_ALG);
        }
        Algorithm algorithm = Algorithm.of(alg);
        if (algorithm == null) {
            throw new TokenException(TokenError.HEADER_UNKNOWN_ALG);
        }
        if (header.containsKey("crit")) {
            throw new TokenException(TokenError.HEADER_CRITICAL);
        }
        String keyId = text(header, "kid", TokenError.HEADER_BAD_KID);
        String payload = token.substring(first + 1, second);
        Map<String, Object> claims = object(payload, TokenError.PAYLOAD_NOT_BASE64, TokenError.PAYLOAD_NOT_JSON);
        String issuer = text(claims, "iss", TokenError.BAD_ISS);
        String subject = text(claims, "sub", TokenError.BAD_SUB);
        time(claims, "iat", TokenError.BAD_IAT, TokenError.NEGATIVE_IAT);
        long notBefore = time(claims, "nbf", TokenError.BAD_NBF, TokenError.NEGATIVE_NBF);
        long expires = time(claims, "exp", TokenError.BAD_EXP, TokenError.NEGATIVE_EXP);
        text(claims, "jti", TokenError.BAD_JTI);
        List<String> audiences = audiences(claims.get("aud"));
        byte[] signature = TokenJson.base64(token.substring(second + 1));
        if (signature == null) {
            throw new TokenException(TokenError.SIGNATURE_NOT_BASE64);
        }
        return new Jwt(
                algorithm,
                keyId,
                issuer,
                subject,
                audiences,
                notBefore,
                expires,
                claims,
                payload,
                token.substring(0, second).getBytes(StandardCharsets.US_ASCII),
                signature);
    }

    /** Why the token does not hold now; null if it does. */
    @Nullable
    TokenError timeError(long nowSeconds) {
        if (nowSeconds + CLOCK_SKEW_SECONDS < notBefore) {
            return TokenError.NOT_YET_VALID;
        }
        return expires != 0 && nowSeconds - CLOCK_SKEW_SECONDS > expires ? TokenError.EXPIRED : null;
    }

    private static Map<String, Object> object(String section, TokenError encoding, TokenError json)
            throws TokenException {
        byte[] bytes = TokenJson.base64(section);
        if (bytes == null) {
            throw new TokenException(encoding);
        }
        Map<String, Object> object = TokenJson.object(bytes);
        if (object == null) {
            throw new TokenException(json);
        }
        return object;
    }

    private static String text(Map<String, Object> object, String name, TokenError error) throws TokenException {
        return switch (object.get(name)) {
            case null -> "";
            case String text -> text;
            default -> throw new TokenException(error);
        };
    }

    // NumericDate (RFC 7519 §2) may have a fraction; the second counts.
    private static long time(Map<String, Object> claims, String name, TokenError type, TokenError negative)
            throws TokenException {
        Object value = claims.get(name);
        if (value == null) {
            return 0;
        }
        if (!(value instanceof Number number)) {
            throw new TokenException(type);
        }
        double seconds = number.doubleValue();
        if (!(seconds >= 0)) {
            throw new TokenException(negative);
        }
        // More than a long holds is as good as never; room is left for the skew of clocks.
        return Math.min((long) seconds, Long.MAX_VALUE / 2);
    }

    private static List<String> audiences(@Nullable Object value) throws TokenException {
        List<String> audiences = new ArrayList<>();
        switch (value) {
            case null -> {}
            case String one -> audiences.add(one);
            case List<?> several -> {
                for (Object audience : several) {
                    if (!(audience instanceof String text)) {
                        throw new TokenException(TokenError.BAD_AUD);
                    }
                    audiences.add(text);
                }
            }
            default -> throw new TokenException(TokenError.BAD_AUD);
        }
        return List.copyOf(audiences);
    }
}
