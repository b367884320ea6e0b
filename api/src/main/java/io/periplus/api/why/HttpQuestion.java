package io.periplus.api.why;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request as the client sends it.
 *
 * @param path with query, beginning with a slash
 * @param authority {@code Host} or {@code :authority}; null: as addressed
 * @param headers in order, names may repeat
 */
public record HttpQuestion(
        String method, String path, @Nullable String authority, List<HeaderField> headers) {
    /** Who writes a question by hand may leave fields out. */
    public HttpQuestion {
        method = Objects.requireNonNullElse(method, "GET");
        path = Objects.requireNonNullElse(path, "/");
        headers = headers == null ? List.of() : List.copyOf(headers);
    }
}
