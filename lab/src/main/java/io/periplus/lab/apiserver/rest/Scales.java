package io.periplus.lab.apiserver.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.apiserver.patch.FieldManagers;
import io.periplus.lab.apiserver.patch.JsonPatch;
import io.periplus.lab.apiserver.patch.MergePatch;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.Part;
import io.periplus.lab.store.SqliteObjectStore;
import io.periplus.lab.store.types.Version;
import java.io.IOException;
import java.util.function.UnaryOperator;

/** The scale subresource (autoscaling/v1 Scale) of whatever has replicas. */
final class Scales {
    private final SqliteObjectStore store;
    private final Reads reads;

    Scales(SqliteObjectStore store, Reads reads) {
        this.store = store;
        this.reads = reads;
    }

    void handle(Call call, Target target) throws IOException {
        switch (call.method()) {
            case "GET" -> call.reply(200, scale(target, reads.find(target)));
            case "PUT" -> {
                ObjectNode wanted = call.object();
                change(call, target, scale -> wanted);
            }
            case "PATCH" -> {
                JsonNode patch = call.document();
                if (patch == null) {
                    throw ApiException.badRequest("the body of a patch must not be empty");
                }
                boolean json = call.contentType().equals("application/json-patch+json");
                change(call, target, scale -> json ? JsonPatch.apply(scale, patch) : MergePatch.apply(scale, patch));
            }
            default -> throw Resources.notAllowed();
        }
    }

    private void change(Call call, Target target, UnaryOperator<ObjectNode> change) throws IOException {
        FieldManagers.Writer stamp = FieldManagers.update(call, target.version(), "scale");
        ObjectNode scaled = store.write(
                target.type(),
                target.namespace(),
                target.name(),
                Part.MAIN,
                current -> {
                    ObjectNode wanted = change.apply(scale(target, current));
                    String version = Json.text(wanted, "metadata", "resourceVersion");
                    if (!version.isEmpty() && !version.equals(Long.toString(Meta.resourceVersion(current)))) {
                        throw ApiException.conflict(
                                target.type(),
                                target.name(),
                                "the object has been modified; please apply your changes to the latest version and"
                                        + " try again");
                    }
                    int replicas = wanted.path("spec").path("replicas").asInt();
                    if (replicas < 0) {
                        throw new ApiException(
                                422,
                                "Invalid",
                                "Scale.autoscaling \"" + target.name() + "\" is invalid: spec.replicas: Invalid value: "
                                        + replicas + ": must be greater than or equal to 0");
                    }
                    set(current, paths(target).specReplicasPath(), replicas);
                    return stamp.sent(current);
                },
                Writes.dryRun(call),
                stamp);
        call.reply(200, scale(target, scaled));
    }

    private static Version.Scale paths(Target target) {
        Version.Scale scale = target.version().scale();
        if (scale == null) {
            throw Resources.missing();
        }
        return scale;
    }

    private static void set(ObjectNode object, String path, int value) {
        String[] steps = path.substring(1).split("\\.");
        ObjectNode node = object;
        for (int i = 0; i < steps.length - 1; i++) {
            node = Json.ensureObject(node, steps[i]);
        }
        node.put(steps[steps.length - 1], value);
    }

    private static ObjectNode scale(Target target, ObjectNode object) {
        Version.Scale paths = paths(target);
        ObjectNode scale = Json.object().put("kind", "Scale").put("apiVersion", "autoscaling/v1");
        ObjectNode meta = scale.putObject("metadata");
        for (String name : new String[] {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
            JsonNode value = object.path("metadata").get(name);
            if (value != null) {
                meta.set(name, value);
            }
        }
        scale.putObject("spec")
                .put("replicas", at(object, paths.specReplicasPath()).asInt());
        ObjectNode status = scale.putObject("status");
        status.put("replicas", at(object, paths.statusReplicasPath()).asInt());
        String selectorPath = paths.labelSelectorPath();
        if (selectorPath != null) {
            JsonNode selector = target.definition().custom()
                    ? at(object, selectorPath)
                    : object.path("spec").path("selector");
            status.put("selector", selector.isObject() ? Selectors.text(selector) : selector.asText());
        }
        return scale;
    }

    private static JsonNode at(ObjectNode object, String path) {
        return Json.at(object, path.substring(1).split("\\."));
    }
}
