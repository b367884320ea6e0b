package io.periplus.controlplane.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Kubernetes' strategic merge patch: objects are merged field by field, {@code null} removes a field, lists whose items have
 * a merge key are merged item by item, all others are replaced. {@code $patch: replace} and {@code $patch: delete} and
 * {@code $deleteFromPrimitiveList/…} are understood; {@code $setElementOrder/…} and {@code $retainKeys} order and prune, which
 * nothing here depends on, and are ignored.
 */
final class StrategicMerge {
    private static final String DIRECTIVE = "$patch";
    private static final String DELETE_ITEMS = "$deleteFromPrimitiveList/";

    /** The fields of the kinds that are deployed for Gateways whose items have a merge key. */
    private static final Map<String, String> MERGE_KEYS = Map.ofEntries(
            Map.entry("containers", "name"),
            Map.entry("initContainers", "name"),
            Map.entry("ephemeralContainers", "name"),
            Map.entry("env", "name"),
            Map.entry("volumes", "name"),
            Map.entry("volumeMounts", "mountPath"),
            Map.entry("volumeDevices", "devicePath"),
            Map.entry("imagePullSecrets", "name"),
            Map.entry("secrets", "name"),
            Map.entry("hostAliases", "ip"),
            Map.entry("resourceClaims", "name"),
            Map.entry("schedulingGates", "name"),
            Map.entry("topologySpreadConstraints", "topologyKey"),
            Map.entry("ownerReferences", "uid"));

    private StrategicMerge() {}

    /**
     * The object with the patch applied; neither is changed.
     *
     * @throws IllegalArgumentException naming the field where the patch has another shape than the object
     */
    static Map<String, Object> apply(Map<String, Object> object, Map<?, ?> patch) {
        return merge("", object, patch);
    }

    private static Map<String, Object> merge(String path, Map<?, ?> object, Map<?, ?> patch) {
        Map<String, Object> result = new LinkedHashMap<>();
        if (!"replace".equals(patch.get(DIRECTIVE))) {
            object.forEach((key, value) -> result.put(String.valueOf(key), value));
        }
        patch.forEach((key, value) -> set(path, result, String.valueOf(key), value));
        return result;
    }

    private static void set(String path, Map<String, Object> result, String field, @Nullable Object value) {
        if (field.startsWith(DELETE_ITEMS)) {
            String list = field.substring(DELETE_ITEMS.length());
            if (result.get(list) instanceof List<?> present && value instanceof List<?> gone) {
                result.put(
                        list,
                        present.stream().filter(item -> !gone.contains(item)).toList());
            }
            return;
        }
        if (field.startsWith("$")) {
            return;
        }
        String here = path.isEmpty() ? field : path + "." + field;
        Object present = result.get(field);
        switch (value) {
            case null -> result.remove(field);
            case Map<?, ?> fields when "delete".equals(fields.get(DIRECTIVE)) -> result.remove(field);
            case Map<?, ?> fields
            when present == null || present instanceof Map<?, ?> ->
                result.put(field, merge(here, present instanceof Map<?, ?> old ? old : Map.of(), fields));
            case List<?> items
            when present == null || present instanceof List<?> ->
                result.put(field, list(here, field, present instanceof List<?> old ? old : List.of(), items));
            default -> {
                if (present instanceof Map<?, ?> || present instanceof List<?> || value instanceof Map<?, ?>) {
                    throw new IllegalArgumentException(here + ": " + value + " (expected: "
                            + (present instanceof List<?> ? "a list" : "an object") + ")");
                }
                result.put(field, value);
            }
        }
    }

    private static List<Object> list(String path, String field, List<?> present, List<?> items) {
        String key = mergeKey(path, field);
        if (key == null || items.stream().anyMatch(StrategicMerge::replaces)) {
            return new ArrayList<>(
                    items.stream().filter(item -> !replaces(item)).toList());
        }
        List<Object> result = new ArrayList<>(present);
        for (Object item : items) {
            if (!(item instanceof Map<?, ?> fields) || fields.get(key) == null) {
                throw new IllegalArgumentException(path + ": " + item + " (expected: an item with \"" + key + "\")");
            }
            int at = indexOf(result, key, fields.get(key));
            if ("delete".equals(fields.get(DIRECTIVE))) {
                if (at >= 0) {
                    result.remove(at);
                }
            } else if (at >= 0) {
                result.set(at, merge(path, (Map<?, ?>) result.get(at), fields));
            } else {
                result.add(merge(path, Map.of(), fields));
            }
        }
        return result;
    }

    /** Ports of containers and of Services have different keys. */
    private static @Nullable String mergeKey(String path, String field) {
        if (field.equals("ports")) {
            return path.equals("spec.ports") ? "port" : "containerPort";
        }
        return MERGE_KEYS.get(field);
    }

    private static boolean replaces(Object item) {
        return item instanceof Map<?, ?> fields && fields.size() == 1 && "replace".equals(fields.get(DIRECTIVE));
    }

    private static int indexOf(List<Object> list, String key, @Nullable Object value) {
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof Map<?, ?> item && same(item.get(key), value)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean same(@Nullable Object one, @Nullable Object other) {
        return one instanceof Number a && other instanceof Number b
                ? a.longValue() == b.longValue()
                : Objects.equals(one, other);
    }
}
