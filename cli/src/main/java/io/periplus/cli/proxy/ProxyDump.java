package io.periplus.cli.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.cli.text.Json;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The answers of a waypoint's or Gateway's admin port.
 *
 * @param root {@code /config_dump}
 * @param clusters {@code /clusters}; null if only a saved dump is there
 */
public record ProxyDump(JsonNode root, @Nullable String clusters) {
    private static final String EJECTED = "::health_flags::/failed_outlier_check";

    /** The elements of a top-level list that pass the filter. */
    ArrayNode select(String list, Predicate<JsonNode> filter) {
        ArrayNode array = Json.MAPPER.createArrayNode();
        for (JsonNode element : root.path(list)) {
            if (filter.test(element)) {
                array.add(element);
            }
        }
        return array;
    }

    /** A filter by the value of a field; an empty value lets all through. */
    static Predicate<JsonNode> field(String pointer, String wanted) {
        return element -> wanted.isEmpty() || Json.text(element, pointer, "").equals(wanted);
    }

    /** Endpoints that are left alone at the moment, as {@code <cluster>::<address>}. */
    Set<String> ejected() {
        Set<String> ejected = new HashSet<>();
        String page = clusters;
        if (page == null) {
            return ejected;
        }
        page.lines()
                .filter(line -> line.endsWith(EJECTED))
                .forEach(line -> ejected.add(line.substring(0, line.length() - EJECTED.length())));
        return ejected;
    }
}
