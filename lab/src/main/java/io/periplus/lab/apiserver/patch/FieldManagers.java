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
    public static Writer update(Call call, Version version, String subresource) {
        return new Writer(version.schema(), name(call), subresource);
    }

    /**
     * Stamps one write. A client owns what it sent and changed; what defaults and admission add belongs to nobody, so
     * that nobody takes it away by leaving it out later.
     */
    public static final class Writer implements Stamp {
        private final Schema schema;
        private final String manager;
        private final String subresource;
        private NavigableSet<String> sent = new TreeSet<>();

        Writer(Schema schema, String manager, String subresource) {
            this.schema = schema;
            this.manager = manager;
            this.subresource = subresource;
        }

        /** Notes what the client wants the object to be, before admission; returns it. */
        public ObjectNode sent(ObjectNode object) {
            sent = new TreeSet<>(FieldPaths.of(schema, object).keySet());
            return object;
        }

        @Override
        public void stamp(@Nullable ObjectNode before, ObjectNode after) {
            NavigableMap<String, JsonNode> old = FieldPaths.of(schema, before);
            NavigableMap<String, JsonNode> fresh = FieldPaths.of(schema, after);
            NavigableSet<String> changed = FieldPaths.differences(old, fresh);
            if (changed.isEmpty()) {
                return;
            }
            ManagedFields fields = ManagedFields.read(after);
            ManagedFields.Entry own =
                    fields.of(new ManagedFields.Entry(manager, "Update", Json.text(after, "apiVersion"), subresource));
            for (ManagedFields.Entry entry : fields.entries()) {
                entry.paths.removeAll(changed);
            }
            NavigableSet<String> set = new TreeSet<>(changed);
            set.retainAll(fresh.keySet());
            set.retainAll(sent);
            own.paths.addAll(set);
            own.time = Meta.now();
            fields.write(after);
        }
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
}
