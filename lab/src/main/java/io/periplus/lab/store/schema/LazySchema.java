package io.periplus.lab.store.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A schema that is made when first looked into. */
public final class LazySchema implements Schema {
    private final Supplier<Schema> source;
    private volatile @Nullable Schema schema;

    public LazySchema(Supplier<Schema> source) {
        this.source = source;
    }

    private Schema schema() {
        Schema known = schema;
        if (known == null) {
            known = source.get();
            schema = known;
        }
        return known;
    }

    @Override
    public Kind kind() {
        return schema().kind();
    }

    @Override
    public Map<String, Schema> properties() {
        return schema().properties();
    }

    @Override
    public Schema element() {
        return schema().element();
    }

    @Override
    public List<String> required() {
        return schema().required();
    }

    @Override
    public boolean preserveUnknown() {
        return schema().preserveUnknown();
    }

    @Override
    public boolean embeddedResource() {
        return schema().embeddedResource();
    }

    @Override
    public ListType listType() {
        return schema().listType();
    }

    @Override
    public List<String> listKeys() {
        return schema().listKeys();
    }

    @Override
    public boolean atomic() {
        return schema().atomic();
    }

    @Override
    public @Nullable String mergeKey() {
        return schema().mergeKey();
    }

    @Override
    public boolean retainKeys() {
        return schema().retainKeys();
    }

    @Override
    public @Nullable JsonNode defaultValue() {
        return schema().defaultValue();
    }

    @Override
    public @Nullable ObjectNode rules() {
        return schema().rules();
    }

    @Override
    public String description() {
        return schema().description();
    }

    @Override
    public @Nullable String definitionName() {
        return schema().definitionName();
    }

    @Override
    public @Nullable String format() {
        return schema().format();
    }
}
