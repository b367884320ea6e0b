package io.periplus.lab.apiserver.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.apiserver.patch.FieldManagers;
import io.periplus.lab.apiserver.patch.JsonPatch;
import io.periplus.lab.apiserver.patch.MergePatch;
import io.periplus.lab.apiserver.patch.ServerSideApply;
import io.periplus.lab.apiserver.patch.StrategicMerge;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.Part;
import io.periplus.lab.store.ResourceType;
import io.periplus.lab.store.SqliteObjectStore;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code create}, {@code update} and {@code patch}. */
final class Writes {
    private static final String STRATEGIC = "application/strategic-merge-patch+json";

    private final SqliteObjectStore store;

    Writes(SqliteObjectStore store) {
        this.store = store;
    }

    static boolean dryRun(Call call) {
        return call.queries("dryRun").contains("All");
    }

    void create(Call call, Target target) throws IOException {
        ObjectNode object = call.object();
        Decoder.decode(call, target, object);
        Decoder.bind(target, object);
        FieldManagers.Writer stamp = FieldManagers.update(call, target.version(), "");
        ObjectNode created = store.create(target.type(), stamp.sent(object), dryRun(call), stamp);
        call.reply(201, new Representation(call, target).object(created));
    }

    void update(Call call, Target target, Part part) throws IOException {
        ObjectNode object = call.object();
        Decoder.decode(call, target, object);
        Decoder.bind(target, object);
        FieldManagers.Writer stamp = FieldManagers.update(call, target.version(), subresource(part));
        ObjectNode updated = store.write(
                target.type(),
                target.namespace(),
                target.name(),
                part,
                current -> {
                    checkVersion(target, current, object);
                    ObjectNode after = object.deepCopy();
                    FieldManagers.keep(current, after);
                    keepFinalizers(target, call, current, after);
                    return stamp.sent(after);
                },
                dryRun(call),
                stamp);
        call.reply(200, new Representation(call, target).object(updated));
    }

    /** What holds a namespace is changed by its finalize subresource only. */
    private static void keepFinalizers(Target target, Call call, ObjectNode current, ObjectNode after) {
        if (target.type().equals(ResourceType.NAMESPACE)
                && !call.path().getLast().equals("finalize")) {
            JsonNode finalizers = current.path("spec").get("finalizers");
            if (finalizers == null) {
                Json.ensureObject(after, "spec").remove("finalizers");
            } else {
                Json.ensureObject(after, "spec").set("finalizers", finalizers);
            }
        }
    }

    private static String subresource(Part part) {
        return part == Part.STATUS ? "status" : "";
    }

    /** An update or patch that names a resource version or uid applies only to that. */
    private static void checkVersion(Target target, ObjectNode current, ObjectNode wanted) {
        String version = Json.text(wanted, "metadata", "resourceVersion");
        if (!version.isEmpty() && !version.equals(Json.text(current, "metadata", "resourceVersion"))) {
            throw ApiException.conflict(
                    target.type(),
                    Meta.name(current),
                    "the object has been modified; please apply your changes to the latest version and try again");
        }
        String uid = Meta.uid(wanted);
        if (!uid.isEmpty() && !uid.equals(Meta.uid(current))) {
            throw ApiException.conflict(
                    target.type(),
                    Meta.name(current),
                    "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + Meta.uid(current));
        }
    }

    void patch(Call call, Target target, Part part) throws IOException {
        String type = call.contentType();
        if (type.startsWith("application/apply-patch")) {
            apply(call, target, part);
            return;
        }
        JsonNode patch = call.document();
        if (patch == null) {
            throw ApiException.badRequest("the body of a patch must not be empty");
        }
        UnaryOperator<ObjectNode> change = change(type, patch, target);
        FieldManagers.Writer stamp = FieldManagers.update(call, target.version(), subresource(part));
        ObjectNode patched = store.write(
                target.type(),
                target.namespace(),
                target.name(),
                part,
                current -> {
                    ObjectNode after = change.apply(current.deepCopy());
                    checkVersion(target, current, after);
                    Decoder.decodePatched(call, target, after, patch);
                    FieldManagers.keep(current, after);
                    keepFinalizers(target, call, current, after);
                    return stamp.sent(after);
                },
                dryRun(call),
                stamp);
        call.reply(200, new Representation(call, target).object(patched));
    }

    private static UnaryOperator<ObjectNode> change(String contentType, JsonNode patch, Target target) {
        switch (contentType) {
            case "application/json-patch+json" -> {
                return current -> JsonPatch.apply(current, patch);
            }
            case "application/merge-patch+json" -> {
                return current -> MergePatch.apply(current, patch);
            }
            case STRATEGIC -> {
                if (!target.definition().custom()) {
                    return current -> StrategicMerge.apply(target.version().schema(), current, patch);
                }
                throw unsupported(
                        "application/json-patch+json, application/merge-patch+json," + " application/apply-patch+yaml");
            }
            default ->
                throw unsupported("application/json-patch+json, application/merge-patch+json, " + STRATEGIC
                        + ", application/apply-patch+yaml");
        }
    }

    private static ApiException unsupported(String accepted) {
        return new ApiException(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: " + accepted);
    }

    private void apply(Call call, Target target, Part part) throws IOException {
        ObjectNode config = ServerSideApply.read(call.body());
        Decoder.bind(target, config);
        ServerSideApply apply = new ServerSideApply(call, target.type(), target.version(), subresource(part), config);
        while (true) {
            @Nullable ObjectNode live = store.get(target.type(), target.namespace(), target.name());
            try {
                if (live != null) {
                    ObjectNode applied = store.write(
                            target.type(),
                            target.namespace(),
                            target.name(),
                            part,
                            current -> {
                                checkVersion(target, current, config);
                                ObjectNode merged = apply.merge(current);
                                keepFinalizers(target, call, current, merged);
                                return merged;
                            },
                            dryRun(call),
                            apply);
                    call.reply(200, new Representation(call, target).object(applied));
                    return;
                }
                if (part == Part.STATUS) {
                    throw ApiException.notFound(target.type(), target.name());
                }
                ObjectNode created = store.create(target.type(), apply.merge(null), dryRun(call), apply);
                call.reply(201, new Representation(call, target).object(created));
                return;
            } catch (ApiException e) {
                // Another client made or removed the object in between.
                boolean raced = live == null
                        ? e.reason().equals("AlreadyExists")
                        : e.code() == 404
                                && store.get(target.type(), target.namespace(), target.name()) == null
                                && part == Part.MAIN;
                if (!raced) {
                    throw e;
                }
            }
        }
    }
}
