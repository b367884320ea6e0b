package io.periplus.waypoint.authn;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/** A null in JSON, which is not the same as nothing. */
enum JsonNull {
    NULL;

    @JsonValue
    @Nullable
    Object json() {
        return null;
    }
}
