package io.periplus.waypoint.authz;

import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.HttpFields;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What an authorizer wants done to a header field.
 *
 * @param name in lower case
 */
record FieldEdit(Kind kind, String name, String value) {
    /** As Envoy's HeaderValueOption names them. */
    enum Kind {
        SET,
        ADD,
        ADD_IF_ABSENT,
        SET_IF_PRESENT
    }

    /** Belongs to a connection or a message's framing, or decides where a request goes: no authorizer has a say in it. */
    private static final Set<String> UNTOUCHABLE = Set.of(
            "connection",
            "content-length",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** @throws IllegalArgumentException if the name or the value cannot stand in a message */
    static FieldEdit of(Kind kind, String name, String value) {
        new HttpFields(1).add(name, value);
        return new FieldEdit(kind, name.toLowerCase(Locale.ROOT), value);
    }

    /** Whether an authorizer may change fields of that name; pseudo fields it may not. */
    static boolean isTouchable(String name) {
        return !name.isEmpty() && !name.startsWith(":") && !UNTOUCHABLE.contains(name.toLowerCase(Locale.ROOT));
    }

    int bytes() {
        return name.length() + value.length() + 4;
    }

    void apply(HttpHeaders headers) {
        switch (kind) {
            case SET -> headers.set(name, value);
            case ADD -> headers.add(name, value);
            case ADD_IF_ABSENT -> {
                if (!headers.contains(name)) {
                    headers.set(name, value);
                }
            }
            case SET_IF_PRESENT -> {
                if (headers.contains(name)) {
                    headers.set(name, value);
                }
            }
        }
    }

    static void apply(List<FieldEdit> edits, HttpHeaders headers) {
        for (FieldEdit edit : edits) {
            edit.apply(headers);
        }
    }
}
