package io.periplus.model.workload;

import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.ServiceEntryInput;
import io.periplus.model.input.Watched;
import io.periplus.model.mesh.EntryVisibility;
import io.periplus.model.mesh.EntryVisibility.Level;
import io.periplus.model.mesh.MeshConfig;
import io.periplus.model.waypoint.Binding;
import io.periplus.model.waypoint.Bindings;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who may see a ServiceEntry, as the mesh configuration has it, and which waypoint it may therefore have. */
public record EntryVisibilities(
        Collection<String, MeshConfig> config, Collection<String, NamespaceInput> namespaces, Bindings bindings) {
    private static final String NAME_LABEL = "kubernetes.io/metadata.name";

    /** The level of the entries of a namespace. */
    public Level of(Fetch fetch, String namespace) {
        EntryVisibility rules = rules(fetch);
        if (rules == null) {
            return Level.PUBLIC;
        }
        NamespaceInput object = fetch.get(namespaces, namespace);
        Map<String, String> labels = new HashMap<>(object == null ? Map.of() : object.labels());
        labels.putIfAbsent(NAME_LABEL, namespace);
        return rules.of(labels);
    }

    /** Whether the mesh configuration says anything about it. */
    boolean configured(Fetch fetch) {
        return rules(fetch) != null;
    }

    /** The waypoint of an entry: what only its namespace sees must not leave the namespace. */
    public Binding binding(Fetch fetch, ServiceEntryInput entry) {
        return of(fetch, entry.key().namespace()) == Level.NAMESPACE
                ? bindings.within(fetch, entry)
                : bindings.of(fetch, entry);
    }

    private @Nullable EntryVisibility rules(Fetch fetch) {
        MeshConfig mesh = fetch.get(config, Watched.MESH);
        return mesh == null ? null : mesh.entryVisibility();
    }
}
