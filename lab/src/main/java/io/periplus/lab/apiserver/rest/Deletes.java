package io.periplus.lab.apiserver.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.apiserver.http.StatusObject;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Deletion;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.SqliteObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code delete} and {@code deletecollection}. */
final class Deletes {
    private final SqliteObjectStore store;

    Deletes(SqliteObjectStore store) {
        this.store = store;
    }

    void delete(Call call, Target target) throws IOException {
        Deletion.Outcome outcome = store.delete(target.type(), target.namespace(), target.name(), options(call));
        // As the API server: kinds that may linger are returned, others leave a status.
        if (outcome.removed() && !target.type().plural().equals("pods")) {
            call.reply(
                    200,
                    StatusObject.success(
                            target.name(), target.type().group(), target.type().plural(), Meta.uid(outcome.object())));
        } else {
            call.reply(200, new Representation(call, target).object(outcome.object()));
        }
    }

    void deleteCollection(Call call, Target target) throws IOException {
        Deletion options = options(call);
        Predicate<ObjectNode> selector = Selectors.parse(call.query("labelSelector"), call.query("fieldSelector"));
        List<ObjectNode> deleted = new ArrayList<>();
        for (ObjectNode object : store.list(target.type(), target.namespace())) {
            if (selector.test(object)) {
                try {
                    deleted.add(store.delete(target.type(), Meta.namespace(object), Meta.name(object), options)
                            .object());
                } catch (ApiException e) {
                    if (e.code() != 404) {
                        throw e;
                    }
                }
            }
        }
        ObjectNode meta = Json.object().put("resourceVersion", Long.toString(store.resourceVersion()));
        call.reply(200, new Representation(call, target).list(deleted, meta));
    }

    private static Deletion options(Call call) throws IOException {
        @Nullable JsonNode body = call.document();
        JsonNode options = body == null ? Json.object() : body;
        @Nullable
        Long grace = options.path("gracePeriodSeconds").isNumber()
                ? Long.valueOf(options.path("gracePeriodSeconds").asLong())
                : call.number("gracePeriodSeconds");
        String propagation = Json.text(options, "propagationPolicy");
        if (propagation.isEmpty()) {
            propagation = call.query("propagationPolicy");
        }
        boolean orphan = options.path("orphanDependents").asBoolean()
                || call.query("orphanDependents").equals("true");
        String uid = Json.text(options, "preconditions", "uid");
        String version = Json.text(options, "preconditions", "resourceVersion");
        boolean dryRun = call.queries("dryRun").contains("All")
                || Json.texts(options.path("dryRun")).contains("All");
        return new Deletion(
                grace,
                propagation(propagation, orphan),
                uid.isEmpty() ? null : uid,
                version.isEmpty() ? null : version,
                dryRun);
    }

    private static Deletion.Propagation propagation(String name, boolean orphan) {
        return switch (name) {
            case "Foreground" -> Deletion.Propagation.FOREGROUND;
            case "Orphan" -> Deletion.Propagation.ORPHAN;
            case "Background" -> Deletion.Propagation.BACKGROUND;
            case "" -> orphan ? Deletion.Propagation.ORPHAN : Deletion.Propagation.BACKGROUND;
            default ->
                throw new ApiException(
                        422,
                        "Invalid",
                        "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Invalid value: \"" + name
                                + "\": expected Background, Foreground or Orphan");
        };
    }
}
