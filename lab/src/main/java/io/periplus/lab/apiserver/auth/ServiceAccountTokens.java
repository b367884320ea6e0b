package io.periplus.lab.apiserver.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of service accounts (the TokenRequest API): ES256 JWTs for named audiences, bound to a pod if asked, valid for
 * a limited time and only while the account and the pod exist. Safe for use by many threads.
 */
public final class ServiceAccountTokens {
    /** As the API server: shorter tokens are refused. */
    private static final Duration SHORTEST = Duration.ofMinutes(10);

    private static final Duration LONGEST = Duration.ofDays(365);
    private static final String CLAIMS = "kubernetes.io";

    private final ObjectStore store;
    private final String issuer;
    private final Jwt jwt;

    public ServiceAccountTokens(ObjectStore store, String issuer, KeyPair key) {
        this.store = store;
        this.issuer = issuer;
        this.jwt = new Jwt(key);
    }

    /** A new token and when it ends. */
    public record Token(String token, Instant expires) {}

    /**
     * @param audiences empty for the API server itself
     * @param podName null for a token that is bound to no pod
     * @throws ApiException 404 when account or pod do not exist, 422 for a time that is too short
     */
    public Token issue(
            String namespace, String account, List<String> audiences, Duration validity, @Nullable String podName) {
        @Nullable ObjectNode owner = store.get(ResourceType.SERVICE_ACCOUNT, namespace, account);
        if (owner == null) {
            throw ApiException.notFound(ResourceType.SERVICE_ACCOUNT, account);
        }
        if (validity.compareTo(SHORTEST) < 0) {
            throw new ApiException(
                    422,
                    "Invalid",
                    "TokenRequest.authentication.k8s.io \"" + account
                            + "\" is invalid: spec.expirationSeconds: Invalid value: " + validity.toSeconds()
                            + ": may not specify a duration less than 10 minutes");
        }
        Instant now = Instant.now();
        Instant expires = now.plus(validity.compareTo(LONGEST) > 0 ? LONGEST : validity);
        ObjectNode claims = Json.object();
        claims.set("aud", Json.array(audiences.isEmpty() ? List.of(issuer) : audiences));
        claims.put("exp", expires.getEpochSecond());
        claims.put("iat", now.getEpochSecond());
        claims.put("iss", issuer);
        claims.put("jti", UUID.randomUUID().toString());
        ObjectNode kubernetes = claims.putObject(CLAIMS).put("namespace", namespace);
        if (podName != null) {
            bind(kubernetes, namespace, podName);
        }
        kubernetes.putObject("serviceaccount").put("name", account).put("uid", Meta.uid(owner));
        claims.put("nbf", now.getEpochSecond());
        claims.put("sub", "system:serviceaccount:" + namespace + ":" + account);
        return new Token(jwt.sign(claims), expires);
    }

    private void bind(ObjectNode claims, String namespace, String podName) {
        @Nullable ObjectNode pod = store.get(ResourceType.POD, namespace, podName);
        if (pod == null) {
            throw ApiException.notFound(ResourceType.POD, podName);
        }
        String node = Json.text(pod, "spec", "nodeName");
        if (!node.isEmpty()) {
            ObjectNode bound = claims.putObject("node").put("name", node);
            @Nullable ObjectNode object = store.get(ResourceType.NODE, null, node);
            if (object != null) {
                bound.put("uid", Meta.uid(object));
            }
        }
        claims.putObject("pod").put("name", podName).put("uid", Meta.uid(pod));
    }

    /** Who holds a token. @param audiences those of the accepted ones that the token is for */
    public record Verified(User user, List<String> audiences) {}

    /**
     * @param accepted audiences, of which the token has to name one; empty for the API server itself
     * @return null when the token is not valid (any more) here
     */
    public @Nullable Verified verify(String token, List<String> accepted) {
        JsonNode claims = jwt.verify(token);
        if (claims == null || !Json.text(claims, "iss").equals(issuer)) {
            return null;
        }
        long now = Instant.now().getEpochSecond();
        if (claims.path("exp").asLong() <= now || claims.path("nbf").asLong() > now + 60) {
            return null;
        }
        List<String> wanted = accepted.isEmpty() ? List.of(issuer) : accepted;
        JsonNode audience = claims.path("aud");
        List<String> named = audience.isArray() ? Json.texts(audience) : List.of(audience.asText());
        List<String> common = wanted.stream().filter(named::contains).toList();
        if (common.isEmpty()) {
            return null;
        }
        User user = user(claims);
        return user == null ? null : new Verified(user, common);
    }

    private @Nullable User user(JsonNode claims) {
        JsonNode kubernetes = claims.path(CLAIMS);
        String namespace = Json.text(kubernetes, "namespace");
        String name = Json.text(kubernetes, "serviceaccount", "name");
        String uid = Json.text(kubernetes, "serviceaccount", "uid");
        if (!exists(ResourceType.SERVICE_ACCOUNT, namespace, name, uid)) {
            return null;
        }
        Map<String, List<String>> extra = new LinkedHashMap<>();
        extra.put("authentication.kubernetes.io/credential-id", List.of("JTI=" + Json.text(claims, "jti")));
        JsonNode node = kubernetes.path("node");
        if (node.isObject()) {
            extra.put("authentication.kubernetes.io/node-name", List.of(Json.text(node, "name")));
            extra.put("authentication.kubernetes.io/node-uid", List.of(Json.text(node, "uid")));
        }
        JsonNode pod = kubernetes.path("pod");
        if (pod.isObject()) {
            if (!exists(ResourceType.POD, namespace, Json.text(pod, "name"), Json.text(pod, "uid"))) {
                return null;
            }
            extra.put("authentication.kubernetes.io/pod-name", List.of(Json.text(pod, "name")));
            extra.put("authentication.kubernetes.io/pod-uid", List.of(Json.text(pod, "uid")));
        }
        return new User(
                "system:serviceaccount:" + namespace + ":" + name,
                uid,
                List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated"),
                extra);
    }

    private boolean exists(ResourceType type, String namespace, String name, String uid) {
        @Nullable ObjectNode object = store.get(type, namespace, name);
        return object != null && Meta.uid(object).equals(uid);
    }

    /** The OpenID Connect discovery document. */
    public ObjectNode openIdConfiguration() {
        ObjectNode document = Json.object().put("issuer", issuer).put("jwks_uri", issuer + "/openid/v1/jwks");
        document.putArray("response_types_supported").add("id_token");
        document.putArray("subject_types_supported").add("public");
        document.putArray("id_token_signing_alg_values_supported").add("ES256");
        return document;
    }

    /** The public key as a JSON web key set (RFC 7517). */
    public ObjectNode keySet() {
        ObjectNode set = Json.object();
        set.putArray("keys").add(jwt.publicKey());
        return set;
    }
}
