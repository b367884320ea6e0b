package io.periplus.lab.apiserver.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ResourceType;
import io.periplus.lab.store.Stamp;
import io.periplus.lab.store.schema.Schema;
import io.periplus.lab.store.schema.TypeErrors;
import io.periplus.lab.store.schema.UnknownFields;
import io.periplus.lab.store.types.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One server-side apply: the fields a client wants, merged into the object by its schema. Fields the same manager
 * applied before and does not want any more go, unless others own them too; fields that others own with other values
 * are conflicts, or taken over with {@code force}.
 */
public final class ServerSideApply implements Stamp {
    private static final YAMLMapper YAML = new YAMLMapper();

    private final ResourceType type;
    private final Schema schema;
    private final ObjectNode config;
    private final boolean force;
    private final ManagedFields.Entry manager;
    private final NavigableMap<String, JsonNode> wanted;

    /** @throws ApiException when the configuration does not fit the type */
    public ServerSideApply(Call call, ResourceType type, Version version, String subresource, ObjectNode config) {
        this.type = type;
        this.schema = version.schema();
        this.config = config;
        this.force = call.query("force").equals("true");
        if (call.query("fieldManager").isEmpty()) {
            throw ApiException.badRequest("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is"
                    + " required for apply patch");
        }
        this.manager = new ManagedFields.Entry(FieldManagers.name(call), "Apply", type.apiVersion(), subresource);
        check();
        this.wanted = FieldPaths.of(schema, config);
    }

    /** The configuration in a request's body: YAML or JSON. */
    public static ObjectNode read(byte[] body) throws IOException {
        try {
            if (YAML.readTree(body) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            throw ApiException.badRequest("error decoding YAML: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
        throw ApiException.badRequest("an apply patch must be an object");
    }

    private void check() {
        if (!Json.text(config, "apiVersion").equals(type.apiVersion())
                || !Json.text(config, "kind").equals(type.kind())) {
            throw ApiException.badRequest("apply patch for " + type.apiVersion() + ", Kind=" + type.kind()
                    + " has apiVersion " + Json.text(config, "apiVersion") + " and kind " + Json.text(config, "kind"));
        }
        if (config.path("metadata").hasNonNull("managedFields")) {
            throw ApiException.badRequest("metadata.managedFields must be nil");
        }
        Json.normalize(config);
        List<String> problems = new ArrayList<>();
        UnknownFields.find(schema, config).forEach(path -> problems.add("." + path + ": field not declared in schema"));
        String mismatch = TypeErrors.first(schema, type.kind(), config);
        if (problems.isEmpty() && mismatch != null) {
            problems.add(mismatch);
        }
        if (!problems.isEmpty()) {
            String name =
                    type.namespaced() ? Meta.namespace(config) + "/" + Meta.name(config) : "/" + Meta.name(config);
            String gvk = type.apiVersion() + ", Kind=" + type.kind();
            throw new ApiException(
                    500,
                    "",
                    "failed to create typed patch object (" + name + "; " + gvk + "): "
                            + (problems.size() == 1
                                    ? problems.getFirst()
                                    : "errors:\n  " + String.join("\n  ", problems)));
        }
    }

    /**
     * The object as it should be.
     *
     * @param current null when there is none yet; not changed
     * @throws ApiException 409 for conflicts
     */
    public ObjectNode merge(@Nullable ObjectNode current) {
        if (current == null) {
            return config.deepCopy();
        }
        List<ManagedFields.Entry> others = others(ManagedFields.read(current));
        if (!force) {
            refuseConflicts(conflicts(FieldPaths.of(schema, current), others));
        }
        ObjectNode merged = current.deepCopy();
        mergeObject(schema, merged, config);
        prune(merged, ManagedFields.read(current), others);
        return merged;
    }

    private List<ManagedFields.Entry> others(ManagedFields fields) {
        return fields.entries().stream()
                .filter(entry -> !entry.sameManager(manager))
                .toList();
    }

    private Map<ManagedFields.Entry, List<String>> conflicts(
            Map<String, JsonNode> live, List<ManagedFields.Entry> others) {
        Map<ManagedFields.Entry, List<String>> conflicts = new LinkedHashMap<>();
        wanted.forEach((path, value) -> {
            if (!value.equals(live.get(path))) {
                for (ManagedFields.Entry other : others) {
                    if (other.paths.contains(path)) {
                        conflicts
                                .computeIfAbsent(other, entry -> new ArrayList<>())
                                .add(path);
                    }
                }
            }
        });
        return conflicts;
    }

    private static void refuseConflicts(Map<ManagedFields.Entry, List<String>> conflicts) {
        if (conflicts.isEmpty()) {
            return;
        }
        List<ApiException.Cause> causes = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        conflicts.forEach((entry, paths) -> {
            List<String> shown = paths.stream().map(FieldPaths::display).toList();
            shown.forEach(path -> causes.add(
                    new ApiException.Cause("FieldManagerConflict", "conflict with " + entry.display(), path)));
            texts.add(
                    shown.size() == 1
                            ? "conflict with " + entry.display() + ": " + shown.getFirst()
                            : "conflicts with " + entry.display() + ":\n- " + String.join("\n- ", shown));
        });
        throw new ApiException(
                409,
                "Conflict",
                "Apply failed with " + causes.size() + (causes.size() == 1 ? " conflict: " : " conflicts: ")
                        + String.join("\n", texts),
                new ApiException.Details("", "", "", causes));
    }

    private static void mergeObject(Schema schema, ObjectNode target, ObjectNode wanted) {
        for (Map.Entry<String, JsonNode> member : wanted.properties()) {
            String name = member.getKey();
            Schema child = FieldPaths.child(schema, name);
            target.set(name, mergeValue(child, target.get(name), member.getValue()));
        }
    }

    private static JsonNode mergeValue(Schema schema, @Nullable JsonNode present, JsonNode wanted) {
        if (wanted instanceof ObjectNode object && present instanceof ObjectNode target && !schema.atomic()) {
            mergeObject(schema, target, object);
            return target;
        }
        if (wanted instanceof ArrayNode list
                && present instanceof ArrayNode target
                && schema.listType() != Schema.ListType.ATOMIC) {
            return mergeList(schema, target, list);
        }
        return wanted.deepCopy();
    }

    private static ArrayNode mergeList(Schema schema, ArrayNode present, ArrayNode wanted) {
        Map<String, JsonNode> entries = new LinkedHashMap<>();
        present.forEach(entry -> entries.put(FieldPaths.element(schema, entry), entry));
        for (JsonNode entry : wanted) {
            String id = FieldPaths.element(schema, entry);
            entries.put(id, mergeValue(schema.element(), entries.get(id), entry));
        }
        ArrayNode merged = Json.array();
        entries.values().forEach(merged::add);
        return merged;
    }

    /** Removes what this manager applied before, does not want any more, and nobody else owns. */
    private void prune(ObjectNode merged, ManagedFields fields, List<ManagedFields.Entry> others) {
        NavigableSet<String> kept = new TreeSet<>(wanted.keySet());
        others.forEach(other -> kept.addAll(other.paths));
        for (ManagedFields.Entry entry : fields.entries()) {
            if (entry.sameManager(manager)) {
                NavigableSet<String> gone = new TreeSet<>(entry.paths);
                gone.removeIf(path -> FieldPaths.covers(kept, path));
                gone.forEach(path -> remove(schema, merged, FieldPaths.elements(path)));
            }
        }
    }

    /** Removes one path; containers that become empty by it go too. */
    private static void remove(Schema schema, JsonNode node, List<String> path) {
        if (path.isEmpty()) {
            return;
        }
        String element = path.getFirst();
        List<String> rest = path.subList(1, path.size());
        if (node instanceof ObjectNode object && element.startsWith("f:")) {
            String name = element.substring(2);
            JsonNode child = object.get(name);
            if (child != null) {
                remove(FieldPaths.child(schema, name), child, rest);
                if (rest.isEmpty() || child.isContainerNode() && child.isEmpty()) {
                    object.remove(name);
                }
            }
        } else if (node instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                if (FieldPaths.element(schema, list.get(i)).equals(element)) {
                    remove(schema.element(), list.get(i), rest);
                    if (rest.isEmpty()) {
                        list.remove(i);
                    }
                    return;
                }
            }
        }
    }

    @Override
    public void stamp(@Nullable ObjectNode before, ObjectNode after) {
        ManagedFields fields = ManagedFields.read(before);
        if (force && before != null) {
            conflicts(FieldPaths.of(schema, before), others(fields))
                    .forEach((entry, paths) -> paths.forEach(entry.paths::remove));
        }
        ManagedFields.Entry own = fields.of(manager);
        NavigableSet<String> now = new TreeSet<>(wanted.keySet());
        if (own == manager || !own.paths.equals(now)) {
            own.time = Meta.now();
        }
        own.paths = now;
        fields.write(after);
    }
}
