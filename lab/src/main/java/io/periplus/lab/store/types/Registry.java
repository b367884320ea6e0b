package io.periplus.lab.store.types;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The types a cluster has at one moment. Immutable. */
public final class Registry {
    private final Map<String, Definition> byResource;
    private final Map<String, Definition> byKind;

    private Registry(Collection<Definition> definitions) {
        byResource = new LinkedHashMap<>();
        byKind = new LinkedHashMap<>();
        for (Definition definition : definitions) {
            byResource.put(definition.storage().qualified(), definition);
            byKind.put(definition.kind() + "." + definition.group(), definition);
        }
    }

    /** The built-in types alone. */
    public static Registry builtIn() {
        return new Registry(BuiltIns.all());
    }

    /** The built-in types and those of the given CustomResourceDefinitions. */
    public static Registry with(Collection<ObjectNode> customResourceDefinitions) {
        List<Definition> definitions = new ArrayList<>(BuiltIns.all());
        for (ObjectNode crd : customResourceDefinitions) {
            Definition definition = CustomDefinitions.read(crd);
            if (definition != null) {
                definitions.add(definition);
            }
        }
        return new Registry(definitions);
    }

    /** The type a CustomResourceDefinition defines; null while no version of it is served. */
    public static @Nullable Definition definition(ObjectNode customResourceDefinition) {
        return CustomDefinitions.read(customResourceDefinition);
    }

    public Collection<Definition> all() {
        return byResource.values();
    }

    public @Nullable Definition find(String group, String plural) {
        return byResource.get(group.isEmpty() ? plural : plural + "." + group);
    }

    public @Nullable Definition find(ResourceType type) {
        return byResource.get(type.qualified());
    }

    public @Nullable Definition findKind(String group, String kind) {
        return byKind.get(kind + "." + group);
    }
}
