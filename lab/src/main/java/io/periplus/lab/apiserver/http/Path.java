package io.periplus.lab.apiserver.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request on objects: {@code /api/v1/…} or {@code /apis/group/version/…}.
 *
 * @param namespace empty for cluster-scoped objects and for lists over all namespaces
 * @param name empty for collections
 * @param subresource empty for the object itself
 * @param rest what follows the subresource (proxies)
 */
public record Path(
        String group,
        String version,
        String namespace,
        String resource,
        String name,
        String subresource,
        List<String> rest) {

    /** Null when the path names no resource. */
    public static @Nullable Path parse(List<String> segments) {
        if (segments.isEmpty()) {
            return null;
        }
        int prefix = switch (segments.getFirst()) {
            case "api" -> 2;
            case "apis" -> 3;
            default -> 0;
        };
        if (prefix == 0 || segments.size() <= prefix) {
            return null;
        }
        String group = prefix == 2 ? "" : segments.get(1);
        String version = segments.get(prefix - 1);
        List<String> tail = segments.subList(prefix, segments.size());
        if (tail.getFirst().equals("namespaces") && tail.size() > 2 && !isNamespaceSubresource(tail)) {
            return of(group, version, tail.get(1), tail.subList(2, tail.size()));
        }
        return of(group, version, "", tail);
    }

    private static boolean isNamespaceSubresource(List<String> tail) {
        return tail.size() == 3 && (tail.get(2).equals("status") || tail.get(2).equals("finalize"));
    }

    private static Path of(String group, String version, String namespace, List<String> tail) {
        return new Path(
                group,
                version,
                namespace,
                tail.getFirst(),
                tail.size() > 1 ? tail.get(1) : "",
                tail.size() > 2 ? tail.get(2) : "",
                tail.size() > 3 ? tail.subList(3, tail.size()) : List.of());
    }
}
