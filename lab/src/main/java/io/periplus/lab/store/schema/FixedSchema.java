package io.periplus.lab.store.schema;

import org.jspecify.annotations.Nullable;

/** A value without members of its own. */
record FixedSchema(
        Kind kind, @Nullable String format, @Nullable String definitionName) implements Schema {}
