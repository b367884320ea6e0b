package io.periplus.waypoint.authn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which signatures hold, and which only seem to. */
class KeySetTest {
    private static final String CLAIMS = "{\"iss\":\"us\",\"sub\":\"alice\"}";
    private static final byte[] SECRET = "a secret of thirty-two bytes, so".getBytes(StandardCharsets.US_ASCII);
    private final TestIssuer rsa = new TestIssuer("r", "RS256");
    private final TestIssuer other = new TestIssuer("other", "RS256");

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
    void everyAlgorithmIsVerified(String algorithm) throws TokenException {
        TestIssuer issuer = new TestIssuer("k", algorithm);
        String token = issuer.token(CLAIMS);
        assertThat(verify(issuer.jwks(), token)).isNull();
        assertThat(verify(TestIssuer.jwks(issuer.jwk("")), token)).isNull();
        int last = token.length() - 10;
        String changed = token.substring(0, last) + (token.charAt(last) == 'A' ? 'B' : 'A') + token.substring(last + 1);
        assertThat(verify(issuer.jwks(), changed)).isEqualTo(TokenError.WRONG_SIGNATURE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS256", "HS384", "HS512"})
    void aSharedSecretIsTheKeyOfHmacAlone(String algorithm) throws TokenException {
        String token = TestIssuer.hmac(algorithm, SECRET, "{\"alg\":\"" + algorithm + "\"}", CLAIMS);
        String secret =
                "{\"kty\":\"oct\",\"k\":\"" + TestIssuer.base64(new String(SECRET, StandardCharsets.US_ASCII)) + "\"}";
        assertThat(verify(TestIssuer.jwks(secret), token)).isNull();
        assertThat(verify(
                        TestIssuer.jwks(secret),
                        TestIssuer.hmac(algorithm, new byte[] {1}, "{\"alg\":\"" + algorithm + "\"}", CLAIMS)))
                .isEqualTo(TokenError.WRONG_SIGNATURE);
        assertThat(verify(TestIssuer.jwks(secret), rsa.token("{\"alg\":\"RS256\"}", CLAIMS)))
                .isEqualTo(TokenError.NO_MATCHING_KEY);
    }

    @Test
    void aPublicKeyIsNoSecret() throws TokenException {
        for (byte[] secret : new byte[][] {
            rsa.publicKey(),
            rsa.jwk().getBytes(StandardCharsets.UTF_8),
            rsa.jwks().getBytes(StandardCharsets.UTF_8)
        }) {
            String forged = TestIssuer.hmac("HS256", secret, "{\"alg\":\"HS256\",\"kid\":\"r\"}", CLAIMS);
            assertThat(verify(rsa.jwks(), forged)).isEqualTo(TokenError.NO_MATCHING_KEY);
            assertThat(verify(TestIssuer.jwks(rsa.jwk("")), forged)).isEqualTo(TokenError.NO_MATCHING_KEY);
        }
    }

    @Test
    void anotherKeysSignatureDoesNotHoldUnderWhateverName() throws TokenException {
        assertThat(verify(rsa.jwks(), other.token(CLAIMS))).isEqualTo(TokenError.NO_MATCHING_KEY);
        assertThat(verify(rsa.jwks(), other.token("{\"alg\":\"RS256\",\"kid\":\"r\"}", CLAIMS)))
                .isEqualTo(TokenError.WRONG_SIGNATURE);
        assertThat(verify(rsa.jwks(), other.token("{\"alg\":\"RS256\",\"kid\":\"\"}", CLAIMS)))
                .isEqualTo(TokenError.WRONG_SIGNATURE);
        assertThat(verify(
                        rsa.jwks(),
                        other.token(
                                "{\"alg\":\"RS256\",\"kid\":\"r\",\"jwk\":" + other.jwk()
                                        + ",\"jku\":\"https://evil.example\",\"x5u\":\"https://evil.example\"}",
                                CLAIMS)))
                .isEqualTo(TokenError.WRONG_SIGNATURE);
    }

    @Test
    void aKeyIsBoundToItsAlgorithmAndItsCurve() throws TokenException {
        TestIssuer pss = new TestIssuer("r", "PS256");
        assertThat(verify(pss.jwks(), rsa.token(CLAIMS))).isEqualTo(TokenError.NO_MATCHING_KEY);
        TestIssuer small = new TestIssuer("k", "ES256");
        String claimed = small.token("{\"alg\":\"ES384\",\"kid\":\"k\"}", CLAIMS);
        assertThat(verify(TestIssuer.jwks(small.jwk("")), claimed)).isEqualTo(TokenError.NO_MATCHING_KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AA", "AAAA"})
    void aSignatureOfNothingIsNone(String signature) throws TokenException {
        TestIssuer issuer = new TestIssuer("k", "ES256");
        String token = issuer.token(CLAIMS);
        String zeros = TestIssuer.base64("\0".repeat(64));
        String signed = token.substring(0, token.lastIndexOf('.') + 1);
        assertThat(verify(issuer.jwks(), signed + (signature.isEmpty() ? zeros : signature)))
                .isEqualTo(TokenError.WRONG_SIGNATURE);
    }

    @Test
    void theFirstKeyThatFitsIsNotTheOnlyOne() throws TokenException {
        String keys = TestIssuer.jwks(other.jwk(""), new TestIssuer("k", "ES256").jwk(""), rsa.jwk(""));
        assertThat(verify(keys, rsa.token("{\"alg\":\"RS256\"}", CLAIMS))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"keys\":[]}",
                "{\"keys\":{}}",
                "{}",
                "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
                "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQAB\",\"y\":\"AQAB\"}]}",
                "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"AQAB\",\"y\":\"AQAB\"}]}",
                "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQAB\"}]}",
                "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AQAB\"}]}",
                "{\"keys\":[{\"kty\":\"oct\",\"k\":\"\"}]}",
                "{\"keys\":[{\"kty\":\"oct\"}, 1, null]}"
            })
    void aSetWithoutAKeyThatCanBeUsedBelievesNothing(String jwks) throws TokenException {
        assertThat(verify(jwks, rsa.token(CLAIMS))).isEqualTo(TokenError.NO_VALID_KEYS);
    }

    @Test
    void aKeyThatIsForEncryptionVerifiesNothing() throws TokenException {
        assertThat(verify(TestIssuer.jwks(rsa.jwk("\"use\":\"enc\",")), rsa.token(CLAIMS)))
                .isEqualTo(TokenError.NO_VALID_KEYS);
        assertThat(verify(TestIssuer.jwks(rsa.jwk("\"use\":\"sig\",")), rsa.token(CLAIMS)))
                .isNull();
    }

    @Test
    void whatIsNoJsonIsNoSet() throws TokenException {
        assertThat(verify("-----BEGIN PUBLIC KEY-----", rsa.token(CLAIMS))).isEqualTo(TokenError.KEYS_NOT_JSON);
    }

    private static @org.jspecify.annotations.Nullable TokenError verify(String jwks, String token)
            throws TokenException {
        return KeySet.parse(jwks).verify(Jwt.parse(token));
    }
}
