package io.periplus.controlplane.gateway;

import java.util.LinkedHashMap;
import java.util.Map;

/** Objects as they are written to the API. */
final class Json {
    private Json() {}

    /** An object of names and values in turn. */
    static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }
}
