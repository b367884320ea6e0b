package io.periplus.lab.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Access to {@code metadata} (metav1.ObjectMeta). */
public final class Meta {
    private Meta() {}

    public static ObjectNode of(ObjectNode object) {
        return Json.ensureObject(object, "metadata");
    }

    public static String name(JsonNode object) {
        return Json.text(object, "metadata", "name");
    }

    /** Empty for cluster-scoped objects. */
    public static String namespace(JsonNode object) {
        return Json.text(object, "metadata", "namespace");
    }

    public static String uid(JsonNode object) {
        return Json.text(object, "metadata", "uid");
    }

    public static long resourceVersion(JsonNode object) {
        String text = Json.text(object, "metadata", "resourceVersion");
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    public static boolean isTerminating(JsonNode object) {
        return object.path("metadata").hasNonNull("deletionTimestamp");
    }

    public static boolean hasFinalizers(JsonNode object) {
        return !object.path("metadata").path("finalizers").isEmpty();
    }

    /** The present second, as metav1.Time is written. */
    public static String now() {
        return timestamp(Instant.now());
    }

    public static String timestamp(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static ObjectKey key(JsonNode object) {
        return new ObjectKey(namespace(object), name(object));
    }
}
