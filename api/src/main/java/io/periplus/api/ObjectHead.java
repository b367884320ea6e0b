package io.periplus.api;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.Objects;

/**
 * What readers of objects need of an object's metadata. It stands between them and any client of the API server: the command
 * line reads objects without one.
 *
 * @param created creation time as the API server wrote it (RFC 3339); empty before it did
 */
public record ObjectHead(NamespacedName key, long generation, String created, Map<String, String> annotations) {
    /** Of an object that the API server gave. */
    public static ObjectHead of(ObjectMeta meta) {
        return new ObjectHead(
                new NamespacedName(meta.getNamespace(), meta.getName()),
                Objects.requireNonNullElse(meta.getGeneration(), 0L),
                Objects.requireNonNullElse(meta.getCreationTimestamp(), ""),
                Objects.requireNonNullElse(meta.getAnnotations(), Map.of()));
    }
}
