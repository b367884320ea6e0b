package io.periplus.dataplane.explain;

import io.periplus.api.why.Seen;
import io.periplus.dataplane.admin.AdminRequest;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of the remembered requests and connections somebody wants to see.
 *
 * @param id only the request with this id; null for any
 * @param client only those of this IP address; null for any
 * @param last how many of them, the newest
 */
public record SeenQuery(@Nullable String id, @Nullable String client, int last) {
    private static final int LAST_DEFAULT = 10;

    /**
     * From the query {@code id=…&client=…&last=…}.
     *
     * @throws IllegalArgumentException if {@code last} is no number
     */
    public static SeenQuery of(AdminRequest request) {
        String last = request.query().get("last");
        return new SeenQuery(
                request.query().get("id"),
                request.query().get("client"),
                last == null || last.isEmpty() ? LAST_DEFAULT : Integer.parseInt(last));
    }

    /** Those that are wanted, the newest first; what was remembered twice once. */
    public List<Seen> among(Collection<Seen> all) {
        return all.stream()
                .distinct()
                .filter(seen -> id == null || id.equals(seen.id()))
                .filter(seen -> client == null || isOf(client, seen.clientAddress()))
                .sorted(Comparator.comparing(Seen::at).reversed())
                .limit(last)
                .toList();
    }

    private static boolean isOf(String client, String address) {
        return address.startsWith(client + ":") || address.startsWith("[" + client + "]:");
    }
}
