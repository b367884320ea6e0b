package io.periplus.model.waypoint;

import io.periplus.api.Labels;
import io.periplus.api.NamespacedName;
import io.periplus.model.input.NamespaceInput;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A wish for a waypoint.
 *
 * @param inherited whether the wish is the namespace's and not the object's own
 */
record Reference(NamespacedName waypoint, boolean inherited) {
    /** The wish of an object, or null. {@code none} on the object ends the search; there is no second choice. */
    static @Nullable Reference of(Map<String, String> labels, String namespace, @Nullable NamespaceInput of) {
        if (labels.containsKey(Labels.USE_WAYPOINT)) {
            return parse(labels, namespace, false);
        }
        return of == null ? null : parse(of.labels(), namespace, true);
    }

    private static @Nullable Reference parse(Map<String, String> labels, String namespace, boolean inherited) {
        String name = labels.get(Labels.USE_WAYPOINT);
        if (name == null || name.isEmpty() || name.equals("none")) {
            return null;
        }
        String in = labels.getOrDefault(Labels.USE_WAYPOINT_NAMESPACE, namespace);
        return new Reference(new NamespacedName(in, name), inherited);
    }
}
