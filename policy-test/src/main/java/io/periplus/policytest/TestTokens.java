package io.periplus.policytest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.wire.waypoint.RequestAuthentication;
import io.periplus.wire.waypoint.TokenHeader;
import io.periplus.wire.waypoint.TokenRule;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collection;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes tokens of the claims that cases name, with a key of its own that every issuer is said to have: everything else about
 * such a token is judged as that of a real one.
 */
final class TestTokens {
    private static final String KEY = "policy-test";
    private static final int KEY_BYTES = 32;
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final byte[] secret = new byte[KEY_BYTES];

    TestTokens() {
        new SecureRandom().nextBytes(secret);
    }

    /** The key as a set of keys (RFC 7517). */
    String jwks() {
        return withKey(Documents.JSON.createObjectNode()).toString();
    }

    /** The same rules with the key among those of every issuer that has some. */
    RequestAuthentication trusting(RequestAuthentication policy) {
        RequestAuthentication.Builder trusting = policy.toBuilder();
        for (TokenRule.Builder rule : trusting.getRulesBuilderList()) {
            if (rule.hasJwks()) {
                rule.setJwks(withKey(rule.getJwks()));
            }
        }
        return trusting.build();
    }

    /** Keys that cannot be read stay what they are: the proxies believe nobody by them. */
    private String withKey(String jwks) {
        try {
            return Documents.JSON.readTree(jwks) instanceof ObjectNode set && set.path("keys") instanceof ArrayNode
                    ? withKey(set).toString()
                    : jwks;
        } catch (JsonProcessingException _) {
            return jwks;
        }
    }

    private ObjectNode withKey(ObjectNode set) {
        set.withArray("/keys")
                .addObject()
                .put("kty", "oct")
                .put("kid", KEY)
                .put("alg", "HS256")
                .put("k", BASE64.encodeToString(secret));
        return set;
    }

    /**
     * Puts a token with these claims into a request, where the first rule for its issuer looks for one, or else where all
     * do that are not told otherwise: {@code Authorization: Bearer}.
     */
    void put(JsonNode claims, Collection<RequestAuthentication> accepted, RequestHead head) {
        String token = token(claims);
        TokenRule rule = accepted.stream()
                .flatMap(policy -> policy.getRulesList().stream())
                .filter(each -> each.getIssuer().equals(claims.path("iss").asText()))
                .findFirst()
                .orElse(TokenRule.getDefaultInstance());
        if (rule.getFromHeadersCount() > 0) {
            TokenHeader header = rule.getFromHeaders(0);
            head.headers().add(header.getName(), header.getPrefix() + token);
        } else if (rule.getFromParamsCount() > 0) {
            String join = head.path().contains("?") ? "&" : "?";
            head.setPath(head.path() + join + rule.getFromParams(0) + "=" + token);
        } else if (rule.getFromCookiesCount() > 0) {
            head.headers().add("cookie", rule.getFromCookies(0) + "=" + token);
        } else {
            head.headers().add("authorization", "Bearer " + token);
        }
    }

    /** In compact form (RFC 7515 §7.1). */
    private String token(JsonNode claims) {
        String signed = encoded("{\"alg\":\"HS256\",\"kid\":\"" + KEY + "\"}") + "." + encoded(claims.toString());
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HMAC"));
            return signed + "." + BASE64.encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static String encoded(String text) {
        return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
