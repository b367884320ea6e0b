package io.periplus.lab.apiserver.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.http.Accept;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.apiserver.table.Tables;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import java.util.List;

/** Objects and lists in the form a client accepts. */
final class Representation {
    private final Target target;
    private final Accept accept;
    private final String includeObject;

    Representation(Call call, Target target) {
        this.target = target;
        this.accept = call.accept();
        this.includeObject = call.query("includeObject");
        if (accept instanceof Accept.Unknown(String header)) {
            throw new ApiException(
                    406,
                    "NotAcceptable",
                    "only the following media types are accepted: application/json, asked for: " + header);
        }
    }

    ObjectNode object(ObjectNode object) {
        return switch (accept) {
            case Accept.AsTable() -> Tables.of(target.definition(), target.version(), List.of(object), includeObject);
            case Accept.AsMetadata() -> metadata(object);
            default -> object;
        };
    }

    /** As in watch events: a table has its columns only in the first. */
    ObjectNode event(ObjectNode object, boolean first) {
        ObjectNode form = object(object);
        if (!first && accept instanceof Accept.AsTable) {
            form.putNull("columnDefinitions");
        }
        return form;
    }

    /** The object of a bookmark: nothing but kind and resource version. */
    ObjectNode bookmark(long resourceVersion, boolean initialEventsEnd) {
        ObjectNode object = Json.object();
        if (accept instanceof Accept.AsTable) {
            object.put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        } else {
            object.put("kind", target.type().kind())
                    .put("apiVersion", target.type().apiVersion());
        }
        ObjectNode meta = object.putObject("metadata").put("resourceVersion", Long.toString(resourceVersion));
        if (initialEventsEnd) {
            meta.putObject("annotations").put("k8s.io/initial-events-end", "true");
        }
        if (accept instanceof Accept.AsTable) {
            object.putNull("columnDefinitions");
            object.putArray("rows");
        }
        return object;
    }

    ObjectNode list(List<ObjectNode> items, ObjectNode listMeta) {
        if (accept instanceof Accept.AsTable) {
            ObjectNode table = Tables.of(target.definition(), target.version(), items, includeObject);
            table.set("metadata", listMeta);
            return table;
        }
        boolean partial = accept instanceof Accept.AsMetadata;
        ObjectNode list = Json.object();
        list.put(
                "kind",
                partial ? "PartialObjectMetadataList" : target.definition().listKind());
        list.put("apiVersion", partial ? "meta.k8s.io/v1" : target.type().apiVersion());
        list.set("metadata", listMeta);
        ArrayNode array = list.putArray("items");
        for (ObjectNode item : items) {
            array.add(partial ? metadata(item) : target.definition().custom() ? item : withoutKind(item));
        }
        return list;
    }

    /** Items of built-in lists carry no kind of their own. */
    private static ObjectNode withoutKind(ObjectNode item) {
        ObjectNode bare = Json.object();
        bare.setAll(item);
        bare.remove(List.of("kind", "apiVersion"));
        return bare;
    }

    private static ObjectNode metadata(ObjectNode object) {
        ObjectNode partial = Json.object().put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
        partial.set("metadata", object.path("metadata"));
        return partial;
    }
}
