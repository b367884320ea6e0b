package io.periplus.lab.apiserver.patch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code metadata.managedFields}: which client set which field. */
final class ManagedFields {
    private final List<Entry> entries = new ArrayList<>();

    /** One client's fields. Two entries are the same manager if all but time and fields are equal. */
    static final class Entry {
        final String manager;
        final String operation;
        final String apiVersion;
        final String subresource;
        String time;
        NavigableSet<String> paths;

        Entry(String manager, String operation, String apiVersion, String subresource) {
            this.manager = manager;
            this.operation = operation;
            this.apiVersion = apiVersion;
            this.subresource = subresource;
            this.time = Meta.now();
            this.paths = new TreeSet<>();
        }

        boolean sameManager(Entry other) {
            return manager.equals(other.manager)
                    && operation.equals(other.operation)
                    && subresource.equals(other.subresource)
                    && (operation.equals("Apply") || apiVersion.equals(other.apiVersion));
        }

        /** As conflict messages name it. */
        String display() {
            String text = "\"" + manager + "\"";
            if (!subresource.isEmpty()) {
                text += " with subresource \"" + subresource + "\"";
            }
            if (operation.equals("Update")) {
                text += " using " + apiVersion + (time.isEmpty() ? "" : " at " + time);
            }
            return text;
        }
    }

    static ManagedFields read(@Nullable ObjectNode object) {
        ManagedFields fields = new ManagedFields();
        if (object != null) {
            for (ObjectNode node : Json.objects(object.path("metadata").path("managedFields"))) {
                Entry entry = new Entry(
                        Json.text(node, "manager"),
                        Json.text(node, "operation"),
                        Json.text(node, "apiVersion"),
                        Json.text(node, "subresource"));
                entry.time = Json.text(node, "time");
                entry.paths = FieldPaths.fromFieldsV1(node.path("fieldsV1"));
                entry.paths.remove("");
                fields.entries.add(entry);
            }
        }
        return fields;
    }

    List<Entry> entries() {
        return entries;
    }

    /** The entry of a manager, made if missing. */
    Entry of(Entry manager) {
        for (Entry entry : entries) {
            if (entry.sameManager(manager)) {
                return entry;
            }
        }
        entries.add(manager);
        return manager;
    }

    void write(ObjectNode object) {
        entries.removeIf(entry -> entry.paths.isEmpty());
        if (entries.isEmpty()) {
            Meta.of(object).remove("managedFields");
            return;
        }
        ArrayNode array = Meta.of(object).putArray("managedFields");
        for (Entry entry : entries) {
            ObjectNode node =
                    array.addObject().put("apiVersion", entry.apiVersion).put("fieldsType", "FieldsV1");
            node.set("fieldsV1", FieldPaths.toFieldsV1(entry.paths));
            node.put("manager", entry.manager).put("operation", entry.operation);
            if (!entry.subresource.isEmpty()) {
                node.put("subresource", entry.subresource);
            }
            if (!entry.time.isEmpty()) {
                node.put("time", entry.time);
            }
        }
    }
}
