package io.periplus.lab.apiserver.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;

/** {@code metav1.Status}: how the API reports errors, and success without an object. */
public final class StatusObject {
    private StatusObject() {}

    public static ObjectNode of(ApiException e) {
        ObjectNode status = base("Failure");
        status.put("message", e.getMessage());
        if (!e.reason().isEmpty()) {
            status.put("reason", e.reason());
        }
        ApiException.Details details = e.details();
        if (details != null) {
            ObjectNode node = status.putObject("details");
            put(node, "name", details.name());
            put(node, "group", details.group());
            put(node, "kind", details.kind());
            if (!details.causes().isEmpty()) {
                ArrayNode causes = node.putArray("causes");
                for (ApiException.Cause cause : details.causes()) {
                    causes.addObject()
                            .put("reason", cause.reason())
                            .put("message", cause.message())
                            .put("field", cause.field());
                }
            }
        }
        return status.put("code", e.code());
    }

    public static ObjectNode success(String name, String group, String plural, String uid) {
        ObjectNode status = base("Success");
        ObjectNode details = status.putObject("details");
        put(details, "name", name);
        put(details, "group", group);
        put(details, "kind", plural);
        put(details, "uid", uid);
        return status;
    }

    private static ObjectNode base(String outcome) {
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        return status.put("status", outcome);
    }

    private static void put(ObjectNode node, String name, String value) {
        if (!value.isEmpty()) {
            node.put(name, value);
        }
    }
}
