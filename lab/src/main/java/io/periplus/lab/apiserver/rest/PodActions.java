package io.periplus.lab.apiserver.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.apiserver.http.StatusObject;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Deletion;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ResourceType;
import io.periplus.lab.store.SqliteObjectStore;
import io.periplus.lab.store.Types;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Binding pods to nodes, and evicting them as their disruption budgets allow. */
final class PodActions {
    private final SqliteObjectStore store;

    PodActions(SqliteObjectStore store) {
        this.store = store;
    }

    void bind(Call call, Target target) throws IOException {
        String node = Json.text(call.object(), "target", "name");
        store.update(ResourceType.POD, target.namespace(), target.name(), pod -> {
            ObjectNode spec = Json.ensureObject(pod, "spec");
            String present = Json.text(spec, "nodeName");
            if (!present.isEmpty()) {
                throw ApiException.conflict(
                        ResourceType.POD, target.name(), "pod is already assigned to node \"" + present + "\"");
            }
            spec.put("nodeName", node);
            return pod;
        });
        call.reply(201, StatusObject.success("", "", "", ""));
    }

    void evict(Call call, Target target) throws IOException {
        @Nullable ObjectNode pod = store.get(ResourceType.POD, target.namespace(), target.name());
        if (pod == null) {
            throw ApiException.notFound(ResourceType.POD, target.name());
        }
        JsonNode options = call.object().path("deleteOptions");
        for (ObjectNode budget : store.list(Types.POD_DISRUPTION_BUDGET, target.namespace())) {
            Predicate<ObjectNode> selector =
                    Selectors.parse(Selectors.text(budget.path("spec").path("selector")), "");
            if (selector.test(pod)
                    && budget.path("status").path("disruptionsAllowed").asInt() <= 0) {
                throw new ApiException(
                        429,
                        "TooManyRequests",
                        "Cannot evict pod as it would violate the pod's disruption budget.",
                        new ApiException.Details(Meta.name(budget), "", "", List.of()));
            }
        }
        @Nullable
        Long grace = options.path("gracePeriodSeconds").isNumber()
                ? Long.valueOf(options.path("gracePeriodSeconds").asLong())
                : null;
        store.delete(
                ResourceType.POD,
                target.namespace(),
                target.name(),
                new Deletion(grace, Deletion.Propagation.BACKGROUND, null, null, Writes.dryRun(call)));
        call.reply(201, StatusObject.success("", "", "", ""));
    }
}
