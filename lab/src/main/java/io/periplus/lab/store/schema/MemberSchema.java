package io.periplus.lab.store.schema;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A member whose use of a type differs from the type's own merge rules. */
record MemberSchema(Schema type, boolean atomic, boolean retainKeys) implements Schema {
    @Override
    public Kind kind() {
        return type.kind();
    }

    @Override
    public Map<String, Schema> properties() {
        return type.properties();
    }

    @Override
    public List<String> required() {
        return type.required();
    }

    @Override
    public @Nullable String definitionName() {
        return type.definitionName();
    }
}
