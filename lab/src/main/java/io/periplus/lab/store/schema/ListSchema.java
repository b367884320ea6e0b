package io.periplus.lab.store.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list of a built-in type. */
record ListSchema(Schema element, MergeRules.Rule rule) implements Schema {
    @Override
    public Kind kind() {
        return Kind.ARRAY;
    }

    @Override
    public ListType listType() {
        return rule.listType();
    }

    @Override
    public List<String> listKeys() {
        return rule.listKeys();
    }

    @Override
    public @Nullable String mergeKey() {
        return rule.mergeKey();
    }

    @Override
    public boolean retainKeys() {
        return rule.retainKeys();
    }
}
