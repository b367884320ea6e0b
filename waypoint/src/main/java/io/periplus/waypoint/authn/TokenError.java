package io.periplus.waypoint.authn;

/** Why a token is not believed, in the words that users of Envoy know. */
enum TokenError {
    BAD_FORMAT("Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections"),
    TOO_LARGE("Jwt is too large"),
    TOO_MANY("Found multiple Jwt tokens"),
    HEADER_NOT_BASE64("Jwt header is an invalid Base64url encoded"),
    HEADER_NOT_JSON("Jwt header is an invalid JSON"),
    HEADER_WITHOUT_ALG("Jwt header [alg] field is required and must be a string"),
    HEADER_UNKNOWN_ALG("Jwt header [alg] is not supported"),
    HEADER_BAD_KID("Jwt header [kid] field is not a string"),
    /** An extension that the signer says has to be understood (RFC 7515 §4.1.11); none is. */
    HEADER_CRITICAL("Jwt header [crit] is not supported"),
    PAYLOAD_NOT_BASE64("Jwt payload is an invalid Base64url encoded"),
    PAYLOAD_NOT_JSON("Jwt payload is an invalid JSON"),
    BAD_ISS("Jwt payload [iss] field is not a string"),
    BAD_SUB("Jwt payload [sub] field is not a string"),
    BAD_JTI("Jwt payload [jti] field is not a string"),
    BAD_AUD("Jwt payload [aud] field is not a string or string list"),
    BAD_IAT("Jwt payload [iat] field is not an integer"),
    NEGATIVE_IAT("Jwt payload [iat] field is not a positive integer"),
    BAD_NBF("Jwt payload [nbf] field is not an integer"),
    NEGATIVE_NBF("Jwt payload [nbf] field is not a positive integer"),
    BAD_EXP("Jwt payload [exp] field is not an integer"),
    NEGATIVE_EXP("Jwt payload [exp] field is not a positive integer"),
    SIGNATURE_NOT_BASE64("Jwt signature is an invalid Base64url encoded"),
    UNKNOWN_ISSUER("Jwt issuer is not configured"),
    NOT_YET_VALID("Jwt not yet valid"),
    EXPIRED("Jwt is expired"),
    WRONG_AUDIENCE("Audiences in Jwt are not allowed"),
    NO_KEYS("Jwks remote fetch is failed"),
    KEYS_NOT_JSON("Jwks is an invalid JSON"),
    NO_VALID_KEYS("Jwks doesn't have any valid public key"),
    NO_MATCHING_KEY("Jwks doesn't have key to match kid or alg from Jwt"),
    WRONG_SIGNATURE("Jwt verification fails"),
    /** Nobody was free to verify it; not the token's fault. */
    OVERLOADED("Jwt verification is overloaded");

    private final String text;

    TokenError(String text) {
        this.text = text;
    }

    /** For the client. */
    String text() {
        return text;
    }

    /** Of the answer: a token for somebody else is forbidden, any other is no credential at all. */
    int status() {
        return switch (this) {
            case WRONG_AUDIENCE -> 403;
            case OVERLOADED -> 503;
            default -> 401;
        };
    }
}
