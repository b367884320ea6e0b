package io.periplus.lab.store.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The structure of a value. Immutable; the members of recursive types are resolved when first asked for. */
public interface Schema {
    /** Anything at all, kept as it is. */
    Schema ANY = new FixedSchema(Kind.ANY, null, null);

    /** What a value is. */
    enum Kind {
        OBJECT,
        MAP,
        ARRAY,
        STRING,
        INTEGER,
        NUMBER,
        BOOLEAN,
        /** An integer or a string, such as a target port. */
        INT_OR_STRING,
        /** A quantity: a string or a number. */
        QUANTITY,
        ANY
    }

    /** How a list is merged by server-side apply (x-kubernetes-list-type). */
    enum ListType {
        ATOMIC,
        SET,
        MAP
    }

    Kind kind();

    /** Members of an OBJECT, in the order they are documented; empty for other kinds. */
    default Map<String, Schema> properties() {
        return Map.of();
    }

    /** The elements of an ARRAY, the values of a MAP. */
    default Schema element() {
        return ANY;
    }

    /** Names of members that must be there. */
    default List<String> required() {
        return List.of();
    }

    /** Whether an OBJECT keeps members that are not in {@link #properties()}. */
    default boolean preserveUnknown() {
        return false;
    }

    /** An embedded object with {@code apiVersion}, {@code kind} and {@code metadata} of its own. */
    default boolean embeddedResource() {
        return false;
    }

    default ListType listType() {
        return ListType.ATOMIC;
    }

    /** Keys of a list of type MAP. */
    default List<String> listKeys() {
        return List.of();
    }

    /** Whether an OBJECT or MAP is replaced as a whole by server-side apply (x-kubernetes-map-type: atomic). */
    default boolean atomic() {
        return false;
    }

    /** The key by which strategic merge patches merge this list; "" to merge by value; null to replace it. */
    default @Nullable String mergeKey() {
        return null;
    }

    /** Whether strategic merge patches keep only the members a patch names ({@code patchStrategy: retainKeys}). */
    default boolean retainKeys() {
        return false;
    }

    /** What a missing value becomes; null for no default. */
    default @Nullable JsonNode defaultValue() {
        return null;
    }

    /** Further rules as in JSON Schema (enum, pattern, minimum, …); null for none. */
    default @Nullable ObjectNode rules() {
        return null;
    }

    default String description() {
        return "";
    }

    /** Name of the published definition, such as {@code io.k8s.api.core.v1.PodSpec}; null for an inline schema. */
    default @Nullable String definitionName() {
        return null;
    }

    /** {@code int32}, {@code int64}, {@code date-time}, …; null for none. */
    default @Nullable String format() {
        return null;
    }
}
