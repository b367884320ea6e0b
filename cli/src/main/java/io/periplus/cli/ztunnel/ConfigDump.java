package io.periplus.cli.ztunnel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.cli.text.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The answer of ztunnel's {@code /config_dump}.
 *
 * @param workloadUidSuffix ends the uid of the only workload to show, or empty for all
 */
record ConfigDump(JsonNode root, String workloadUidSuffix) {
    /** The elements of a top-level list that pass the filter, by namespace and name. */
    ArrayNode select(String list, Predicate<JsonNode> filter) {
        List<JsonNode> selected = new ArrayList<>();
        for (JsonNode element : root.path(list)) {
            if (filter.test(element)) {
                selected.add(element);
            }
        }
        selected.sort(Comparator.comparing((JsonNode e) -> Json.text(e, "/namespace", ""))
                .thenComparing(e -> Json.text(e, "/name", "")));
        ArrayNode array = Json.MAPPER.createArrayNode();
        selected.forEach(array::add);
        return array;
    }

    /** The pods that this ztunnel serves and that pass the filter, with their connections, by namespace and name. */
    ArrayNode pods(Predicate<JsonNode> filter) {
        List<JsonNode> selected = new ArrayList<>();
        for (JsonNode pod : root.path("workloadState")) {
            String name = "/" + Json.text(pod, "/info/namespace", "") + "/" + Json.text(pod, "/info/name", "");
            if (name.endsWith(workloadUidSuffix) && filter.test(pod)) {
                selected.add(pod);
            }
        }
        selected.sort(Comparator.comparing((JsonNode e) -> Json.text(e, "/info/namespace", ""))
                .thenComparing(e -> Json.text(e, "/info/name", "")));
        ArrayNode array = Json.MAPPER.createArrayNode();
        selected.forEach(array::add);
        return array;
    }

    /** A filter by the value of a field; an empty value lets all through. */
    static Predicate<JsonNode> field(String pointer, String wanted) {
        return element -> wanted.isEmpty() || Json.text(element, pointer, "").equals(wanted);
    }

    /** The waypoint's Service name; {@code None} without waypoint, {@code NA} if its Service is not known. */
    String waypointOf(JsonNode element) {
        String destination = Json.text(element, "/waypoint/destination", "");
        if (destination.isEmpty()) {
            return "None";
        }
        for (JsonNode service : root.path("services")) {
            String host = Json.text(service, "/namespace", "") + "/" + Json.text(service, "/hostname", "");
            if (host.equals(destination)) {
                return Json.text(service, "/name", "NA");
            }
            for (JsonNode vip : service.path("vips")) {
                if (vip.asText().equals(destination)) {
                    return Json.text(service, "/name", "NA");
                }
            }
        }
        return "NA";
    }
}
