package io.periplus.lab.store.schema;

/** A map from any name to values of one kind. */
record MapSchema(Schema element, boolean atomic) implements Schema {
    @Override
    public Kind kind() {
        return Kind.MAP;
    }
}
