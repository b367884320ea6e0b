package io.periplus.lab.store.schema;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The schema of one class of the Kubernetes model. Its members are read when first asked for. */
final class ModelSchema implements Schema {
    private final Class<?> type;
    private final String name;
    private volatile @Nullable Map<String, Schema> properties;

    ModelSchema(Class<?> type, String name) {
        this.type = type;
        this.name = name;
    }

    @Override
    public Kind kind() {
        return Kind.OBJECT;
    }

    @Override
    public Map<String, Schema> properties() {
        Map<String, Schema> known = properties;
        if (known == null) {
            known = ModelSchemas.properties(type);
            properties = known;
        }
        return known;
    }

    @Override
    public boolean atomic() {
        return MergeRules.ATOMIC_TYPES.contains(type.getSimpleName());
    }

    @Override
    public List<String> required() {
        return RequiredFields.of(type.getSimpleName());
    }

    @Override
    public String definitionName() {
        return name;
    }

    @Override
    public String toString() {
        return name;
    }
}
