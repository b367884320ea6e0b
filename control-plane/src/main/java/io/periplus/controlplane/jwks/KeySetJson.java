package io.periplus.controlplane.jwks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;

/** What servers of keys answer. */
final class KeySetJson {
    /** Deep nesting is no key set; it costs stack. */
    private static final int DEPTH_MOST = 16;

    private static final int KEYS_MOST = 1000;

    private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEPTH_MOST).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());

    /** What a proxy needs of a key (RFC 7518 §6). Private parts and certificates stay behind. */
    private static final List<String> PARTS =
            List.of("kty", "kid", "alg", "use", "key_ops", "n", "e", "crv", "x", "y", "k");

    private KeySetJson() {}

    /**
     * A set of keys (RFC 7517 §5), reduced to what proxies need.
     *
     * @throws IOException saying why it is none
     */
    static String keys(String text) throws IOException {
        JsonNode keys = object(text, "a set of keys").get("keys");
        if (keys == null || !keys.isArray()) {
            throw new IOException("answered with JSON that has no list \"keys\"");
        }
        if (keys.size() > KEYS_MOST) {
            throw new IOException("answered with more than " + KEYS_MOST + " keys");
        }
        ObjectNode result = JSON.createObjectNode();
        ArrayNode kept = result.putArray("keys");
        for (JsonNode key : keys) {
            if (key instanceof ObjectNode parts && parts.path("kty").isTextual()) {
                kept.add(parts.deepCopy().retain(PARTS));
            }
        }
        if (kept.isEmpty()) {
            throw new IOException("answered with a set that holds no key");
        }
        return JSON.writeValueAsString(result);
    }

    /**
     * Where a discovery document (OpenID Connect Discovery 1.0 §4) says that the keys are.
     *
     * @throws IOException saying why it says nothing
     */
    static String keysUri(String text) throws IOException {
        JsonNode uri = object(text, "a discovery document").get("jwks_uri");
        if (uri == null || !uri.isTextual()) {
            throw new IOException("answered with a discovery document that has no \"jwks_uri\"");
        }
        return uri.textValue();
    }

    private static JsonNode object(String text, String what) throws IOException {
        try {
            JsonNode node = JSON.readTree(text);
            if (node == null || !node.isObject()) {
                throw new IOException("answered with something other than " + what);
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new IOException("answered with something other than " + what + ": " + e.getOriginalMessage(), e);
        }
    }
}
