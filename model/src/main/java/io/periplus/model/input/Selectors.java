package io.periplus.model.input;

import java.util.Map;

/** Label equality selectors. */
public final class Selectors {
    private Selectors() {}

    /** Whether every wanted label is there with the wanted value. */
    public static boolean matches(Map<String, String> wanted, Map<String, String> labels) {
        for (Map.Entry<String, String> entry : wanted.entrySet()) {
            if (!entry.getValue().equals(labels.get(entry.getKey()))) {
                return false;
            }
        }
        return true;
    }
}
