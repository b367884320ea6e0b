package io.periplus.controlplane.gateway;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.periplus.model.gateway.Parameters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Applies what ConfigMaps say about the objects of a Gateway: strategic merge patches by kind, the class's defaults first,
 * the Gateway's own after them.
 */
final class Overlays {
    /** An overlay that cannot be applied; the message is for its author. */
    static final class InvalidException extends Exception {
        private static final long serialVersionUID = 1L;

        InvalidException(String message) {
            super(message);
        }
    }

    private final KubernetesSerialization serialization;

    Overlays(KubernetesSerialization serialization) {
        this.serialization = serialization;
    }

    /**
     * The object with the overlays applied.
     *
     * @throws InvalidException naming the ConfigMap, the key and what is wrong
     */
    GenericKubernetesResource apply(GenericKubernetesResource object, List<Parameters> parameters)
            throws InvalidException {
        String key = keyOf(object.getKind());
        Map<String, Object> tree = null;
        for (Parameters source : parameters) {
            String text = source.overlays().get(key);
            if (text != null) {
                tree = apply(tree == null ? tree(object) : tree, text, source.name() + " key \"" + key + "\"");
            }
        }
        return tree == null
                ? object
                : serialization.unmarshal(serialization.asJson(tree), GenericKubernetesResource.class);
    }

    private Map<String, Object> apply(Map<String, Object> tree, String text, String where) throws InvalidException {
        Map<?, ?> patch;
        try {
            patch = serialization.unmarshal(text, Map.class);
        } catch (RuntimeException e) {
            throw new InvalidException(where + " is not a YAML object: " + firstLine(e));
        }
        if (patch == null) {
            return tree;
        }
        Map<String, Object> patched;
        try {
            patched = StrategicMerge.apply(tree, patch);
        } catch (IllegalArgumentException e) {
            throw new InvalidException(where + ": " + e.getMessage());
        }
        if (!Objects.equals(fixed(tree), fixed(patched))) {
            throw new InvalidException(where + ": illegal metadata change: kind, name, namespace, ownerReferences and"
                    + " finalizers cannot be overlaid");
        }
        return patched;
    }

    /** What no overlay may change. */
    private static Map<String, @Nullable Object> fixed(Map<String, Object> tree) {
        Map<String, @Nullable Object> fixed = new HashMap<>();
        fixed.put("apiVersion", tree.get("apiVersion"));
        fixed.put("kind", tree.get("kind"));
        Map<?, ?> meta = tree.get("metadata") instanceof Map<?, ?> present ? present : Map.of();
        for (String field : List.of("name", "namespace", "ownerReferences", "finalizers")) {
            fixed.put(field, meta.get(field));
        }
        return fixed;
    }

    /** The key of a ConfigMap for a kind: its name with a small first letter. */
    static String keyOf(String kind) {
        return Character.toLowerCase(kind.charAt(0)) + kind.substring(1);
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> tree(GenericKubernetesResource object) {
        return serialization.unmarshal(serialization.asJson(object), Map.class);
    }

    private static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
