package io.periplus.lab.apiserver.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.Stamp;
import io.periplus.lab.store.schema.Schema;
import io.periplus.lab.store.types.Version;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Keeps managed fields for writes other than server-side apply: who changes a field owns it. */
public final class FieldManagers {
    /** The API's bound of a manager's name. */
    private static final int NAME_MAX = 128;

    private FieldManagers() {}

    /** The stamp of a create, update or patch by the client that called. */
    public static Stamp update(Call call, Version version, String subresource) {
        String manager = name(call);
        Schema schema = version.schema();
        return (before, after) -> stamp(schema, manager, subresource, before, after);
    }

    static String name(Call call) {
        String name = call.query("fieldManager");
        if (name.isEmpty()) {
            name = call.header("User-Agent").split("/", 2)[0];
        }
        if (name.isEmpty()) {
            name = "unknown";
        }
        return name.length() > NAME_MAX ? name.substring(0, NAME_MAX) : name;
    }

    /** An object sent without managed fields keeps those it has. */
    public static void keep(ObjectNode current, ObjectNode after) {
        JsonNode present = current.path("metadata").get("managedFields");
        ObjectNode meta = Meta.of(after);
        if (present != null && !meta.has("managedFields")) {
            meta.set("managedFields", present);
        }
    }

    private static void stamp(
            Schema schema, String manager, String subresource, @Nullable ObjectNode before, ObjectNode after) {
        NavigableMap<String, JsonNode> old = FieldPaths.of(schema, before);
        NavigableMap<String, JsonNode> fresh = FieldPaths.of(schema, after);
        NavigableSet<String> changed = FieldPaths.differences(old, fresh);
        if (changed.isEmpty()) {
            return;
        }
        ManagedFields fields = ManagedFields.read(after);
        ManagedFields.Entry own = fields.of(
                new ManagedFields.Entry(manager, "Update", Json.text(after, "apiVersion"), subresource));
        for (ManagedFields.Entry entry : fields.entries()) {
            entry.paths.removeAll(changed);
        }
        NavigableSet<String> set = new TreeSet<>(changed);
        set.retainAll(fresh.keySet());
        own.paths.addAll(set);
        own.time = Meta.now();
        fields.write(after);
    }
}
