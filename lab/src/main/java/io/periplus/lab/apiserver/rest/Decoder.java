package io.periplus.lab.apiserver.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.schema.TypeErrors;
import io.periplus.lab.store.schema.UnknownFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks that an object in a request is of the type it should be, and treats fields nobody knows as asked. */
final class Decoder {
    private Decoder() {}

    /** Checks a whole object that a client sent. */
    static void decode(Call call, Target target, ObjectNode object) {
        checkKind(target, object);
        Json.normalize(object);
        String prefix = target.type().kind() + " in version \"" + target.type().version() + "\" cannot be handled as a "
                + target.type().kind() + ": ";
        String mismatch = mismatch(target, object);
        if (mismatch != null) {
            throw ApiException.badRequest(prefix + mismatch);
        }
        String unknown = unknown(call, target, object);
        if (unknown != null) {
            throw ApiException.badRequest(prefix + "strict decoding error: " + unknown);
        }
    }

    /** Checks what a patch made of an object; {@code patch} is for the message. */
    static void decodePatched(Call call, Target target, ObjectNode object, Object patch) {
        Json.normalize(object);
        String mismatch = mismatch(target, object);
        if (mismatch != null) {
            throw ApiException.badRequest(mismatch);
        }
        String unknown = unknown(call, target, object);
        if (unknown != null) {
            ApiException.Cause cause = new ApiException.Cause(
                    "FieldValueInvalid",
                    "Invalid value: \"" + patch + "\": strict decoding error: " + unknown,
                    "patch");
            throw new ApiException(
                    422,
                    "Invalid",
                    " \"\" is invalid: patch: " + cause.message(),
                    new ApiException.Details("", "", "", List.of(cause)));
        }
    }

    private static @Nullable String mismatch(Target target, ObjectNode object) {
        return target.definition().custom()
                ? null
                : TypeErrors.first(target.version().schema(), target.type().kind(), object);
    }

    /** What to refuse the object for; null if nothing, or if it is only worth a warning. Unknown fields are removed. */
    private static @Nullable String unknown(Call call, Target target, ObjectNode object) {
        List<String> unknown = UnknownFields.prune(target.version().schema(), object).stream()
                .map(path -> "unknown field \"" + path + "\"")
                .toList();
        if (unknown.isEmpty()) {
            return null;
        }
        switch (call.query("fieldValidation")) {
            case "Strict" -> {
                return String.join(", ", unknown);
            }
            case "Ignore" -> {}
            default -> unknown.forEach(call::warn);
        }
        return null;
    }

    private static void checkKind(Target target, ObjectNode object) {
        String apiVersion = Json.text(object, "apiVersion");
        String kind = Json.text(object, "kind");
        Json.defaultText(object, "apiVersion", target.type().apiVersion());
        Json.defaultText(object, "kind", target.type().kind());
        if (!apiVersion.isEmpty() && !apiVersion.equals(target.type().apiVersion())
                || !kind.isEmpty() && !kind.equals(target.type().kind())) {
            throw ApiException.badRequest("the API version in the data (" + apiVersion + ", Kind=" + kind
                    + ") does not match the expected API version ("
                    + target.type().apiVersion() + ", Kind="
                    + target.type().kind() + ")");
        }
    }

    /** Puts namespace and name of the path into the object, and refuses others. */
    static void bind(Target target, ObjectNode object) {
        ObjectNode meta = Meta.of(object);
        String namespace = target.namespace();
        if (namespace != null) {
            String own = Json.text(meta, "namespace");
            if (!own.isEmpty() && !own.equals(namespace)) {
                throw ApiException.badRequest(
                        "the namespace of the provided object does not match the namespace sent on the request");
            }
            meta.put("namespace", namespace);
        }
        if (!target.name().isEmpty()) {
            String own = Json.text(meta, "name");
            if (!own.isEmpty() && !own.equals(target.name())) {
                throw ApiException.badRequest("the name of the object (" + own
                        + ") does not match the name on the URL (" + target.name() + ")");
            }
            meta.put("name", target.name());
        }
    }
}
