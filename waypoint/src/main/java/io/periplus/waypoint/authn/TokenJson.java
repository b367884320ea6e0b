package io.periplus.waypoint.authn;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Base64url and JSON as tokens have them, read so that there is one way to read them. */
final class TokenJson {
    /** Claims nest a few levels; what nests more is made to cost stack. */
    private static final int DEPTH_MOST = 32;

    private static final int DIGITS_MOST = 64;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MOST)
                            .maxNumberLength(DIGITS_MOST)
                            .build())
                    // Two claims of one name would be read in two ways (RFC 7519 §4).
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private TokenJson() {}

    /** An object, immutable in depth; null for anything else. */
    static @Nullable Map<String, Object> object(byte[] utf8) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            Map<String, Object> read = JSON.readValue(text, OBJECT);
            return read == null ? null : immutable(read);
        } catch (CharacterCodingException | JsonProcessingException e) {
            return null;
        }
    }

    /** As JSON. */
    static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("read from JSON and not writable as such", e);
        }
    }

    /**
     * Base64url (RFC 4648 §5); padding is optional, as some issuers write it. Null for what is none, and for a second way
     * to write the same bytes.
     */
    static byte @Nullable [] base64(String text) {
        try {
            byte[] bytes = DECODER.decode(text);
            String again = ENCODER.encodeToString(bytes);
            return text.startsWith(again) && isPadding(text, again.length()) ? bytes : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isPadding(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) != '=') {
                return false;
            }
        }
        return true;
    }

    private static Map<String, Object> immutable(Map<?, ?> map) {
        Map<String, Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((name, value) -> {
            if (value != null) {
                copy.put((String) name, value(value));
            } else {
                copy.put((String) name, JsonNull.NULL);
            }
        });
        return Collections.unmodifiableMap(copy);
    }

    private static Object value(Object value) {
        if (value instanceof Map<?, ?> map) {
            return immutable(map);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            list.forEach(element -> copy.add(element == null ? JsonNull.NULL : value(element)));
            return Collections.unmodifiableList(copy);
        }
        return value;
    }
}
