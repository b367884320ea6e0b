package io.periplus.waypoint.authn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is a token, and what only looks like one. */
class JwtTest {
    private static final String HEADER = "{\"alg\":\"RS256\"}";

    @Test
    void aTokenIsTakenApart() throws TokenException {
        Jwt jwt = Jwt.parse(token(
                "{\"alg\":\"ES256\",\"kid\":\"a\",\"typ\":\"JWT\"}",
                "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":[\"x\",\"y\"],\"nbf\":10,\"exp\":20.9,\"n\":{\"m\":[1,null]}}"));
        assertThat(jwt.algorithm().name()).isEqualTo("ES256");
        assertThat(jwt.keyId()).isEqualTo("a");
        assertThat(jwt.issuer()).isEqualTo("i");
        assertThat(jwt.subject()).isEqualTo("s");
        assertThat(jwt.audiences()).containsExactly("x", "y");
        assertThat(jwt.notBefore()).isEqualTo(10);
        assertThat(jwt.expires()).isEqualTo(20);
        assertThat(jwt.claims()).containsEntry("n", Map.of("m", List.of(1, JsonNull.NULL)));
    }

    @ParameterizedTest
    @CsvSource({
        // seconds from now: not before, expires; what holds
        "0, 0, ''",
        "59, 0, ''",
        "61, 0, NOT_YET_VALID",
        "0, -59, ''",
        "0, -61, EXPIRED",
        "0, 1000, ''"
    })
    void clocksMayBeAMinuteApart(long notBefore, long expires, String error) throws TokenException {
        long now = 1_800_000_000;
        Jwt jwt = Jwt.parse(token(
                HEADER, "{\"nbf\":" + (now + notBefore) + (expires == 0 ? "" : ",\"exp\":" + (now + expires)) + "}"));
        assertThat(jwt.timeError(now) == null ? "" : String.valueOf(jwt.timeError(now)))
                .isEqualTo(error);
    }

    @Test
    void timesBeyondAllTimeDoNotOverflow() throws TokenException {
        Jwt never = Jwt.parse(token(HEADER, "{\"exp\":1e300,\"nbf\":0}"));
        assertThat(never.timeError(1_800_000_000)).isNull();
        Jwt later = Jwt.parse(token(HEADER, "{\"nbf\":99999999999999999999999999}"));
        assertThat(later.timeError(1_800_000_000)).isEqualTo(TokenError.NOT_YET_VALID);
    }

    static List<org.junit.jupiter.params.provider.Arguments> bad() {
        return List.of(
                bad("", "BAD_FORMAT"),
                bad("...", "BAD_FORMAT"),
                bad("a.b", "BAD_FORMAT"),
                bad("a.b.", "BAD_FORMAT"),
                bad(".b.c", "BAD_FORMAT"),
                bad("a..c", "BAD_FORMAT"),
                bad("a.b.c.d", "BAD_FORMAT"),
                bad(token(HEADER, "{}") + ", Bearer x", "SIGNATURE_NOT_BASE64"),
                bad("a+b/." + base64("{}") + ".AA", "HEADER_NOT_BASE64"),
                bad("A." + base64("{}") + ".AA", "HEADER_NOT_BASE64"),
                bad(base64("[]") + "." + base64("{}") + ".AA", "HEADER_NOT_JSON"),
                bad(base64("null") + "." + base64("{}") + ".AA", "HEADER_NOT_JSON"),
                bad(base64(HEADER + "{}") + "." + base64("{}") + ".AA", "HEADER_NOT_JSON"),
                bad(token("{\"alg\":\"none\"}", "{}"), "HEADER_UNKNOWN_ALG"),
                bad(token("{\"alg\":\"None\"}", "{}"), "HEADER_UNKNOWN_ALG"),
                bad(token("{\"alg\":\"\"}", "{}"), "HEADER_UNKNOWN_ALG"),
                bad(token("{\"alg\":\"rs256\"}", "{}"), "HEADER_UNKNOWN_ALG"),
                bad(token("{\"alg\":\"RSA1_5\"}", "{}"), "HEADER_UNKNOWN_ALG"),
                bad(token("{\"alg\":null}", "{}"), "HEADER_WITHOUT_ALG"),
                bad(token("{\"alg\":[\"RS256\"]}", "{}"), "HEADER_WITHOUT_ALG"),
                bad(token("{}", "{}"), "HEADER_WITHOUT_ALG"),
                bad(token("{\"alg\":\"RS256\",\"alg\":\"HS256\"}", "{}"), "HEADER_NOT_JSON"),
                bad(token("{\"alg\":\"RS256\",\"kid\":1}", "{}"), "HEADER_BAD_KID"),
                bad(token("{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":false}", "{}"), "HEADER_CRITICAL"),
                bad(token("{\"alg\":\"RS256\",\"crit\":[]}", "{}"), "HEADER_CRITICAL"),
                bad(token(HEADER, "[]"), "PAYLOAD_NOT_JSON"),
                bad(token(HEADER, "{\"iss\":\"a\",\"iss\":\"b\"}"), "PAYLOAD_NOT_JSON"),
                bad(token(HEADER, "{\"is\\u0073\":\"a\",\"iss\":\"b\"}"), "PAYLOAD_NOT_JSON"),
                bad(token(HEADER, "{'iss':'a'}"), "PAYLOAD_NOT_JSON"),
                bad(token(HEADER, "{\"iss\":\"a\"/**/}"), "PAYLOAD_NOT_JSON"),
                bad(token(HEADER, "{\"a\":NaN}"), "PAYLOAD_NOT_JSON"),
                bad(token(HEADER, "{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}"), "PAYLOAD_NOT_JSON"),
                bad(token(HEADER, "{\"a\":".repeat(3000) + "1" + "}".repeat(3000)), "PAYLOAD_NOT_JSON"),
                bad(token(HEADER, "{\"a\":" + "9".repeat(20_000) + "}"), "PAYLOAD_NOT_JSON"),
                bad(token(HEADER, "{\"a\":\"" + "x".repeat(Jwt.CHARS_MOST) + "\"}"), "TOO_LARGE"),
                bad(token(HEADER, "{\"iss\":1}"), "BAD_ISS"),
                bad(token(HEADER, "{\"iss\":null}"), "BAD_ISS"),
                bad(token(HEADER, "{\"sub\":{}}"), "BAD_SUB"),
                bad(token(HEADER, "{\"jti\":1}"), "BAD_JTI"),
                bad(token(HEADER, "{\"aud\":{}}"), "BAD_AUD"),
                bad(token(HEADER, "{\"aud\":[\"a\",1]}"), "BAD_AUD"),
                bad(token(HEADER, "{\"exp\":\"1800000000\"}"), "BAD_EXP"),
                bad(token(HEADER, "{\"exp\":null}"), "BAD_EXP"),
                bad(token(HEADER, "{\"exp\":-1}"), "NEGATIVE_EXP"),
                bad(token(HEADER, "{\"nbf\":true}"), "BAD_NBF"),
                bad(token(HEADER, "{\"iat\":[]}"), "BAD_IAT"),
                bad(base64(HEADER) + "." + base64("{}") + ".A", "SIGNATURE_NOT_BASE64"),
                bad(base64(HEADER) + "." + base64("{}") + ".AB", "SIGNATURE_NOT_BASE64"),
                bad(base64(HEADER) + "." + base64("{}") + ".AA\n", "SIGNATURE_NOT_BASE64"),
                bad(base64(HEADER) + "." + base64("{}") + ".AA===", "SIGNATURE_NOT_BASE64"),
                bad(base64(HEADER) + "." + base64("{}") + ".AA A", "SIGNATURE_NOT_BASE64"));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void whatIsNoTokenIsSaidToBeNone(String text, String error) {
        assertThat(catchThrowableOfType(TokenException.class, () -> Jwt.parse(text))
                        .error())
                .isEqualTo(TokenError.valueOf(error));
    }

    @Test
    void paddingIsReadAsSomeIssuersWriteIt() throws TokenException {
        String header = base64("{\"alg\": \"ES256\"}");
        assertThat(Jwt.parse(header + "==." + base64("{\"iss\":\"a\"}") + ".AA==")
                        .issuer())
                .isEqualTo("a");
    }

    private static org.junit.jupiter.params.provider.Arguments bad(String token, String error) {
        return org.junit.jupiter.params.provider.Arguments.of(token, error);
    }

    private static String token(String header, String claims) {
        return base64(header) + "." + base64(claims) + ".AA";
    }

    private static String base64(String text) {
        return TestIssuer.base64(text);
    }
}
