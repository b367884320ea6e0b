package io.periplus.lab.apiserver.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Listing;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.SqliteObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code get} and {@code list}. */
final class Reads {
    private final SqliteObjectStore store;

    Reads(SqliteObjectStore store) {
        this.store = store;
    }

    ObjectNode find(Target target) {
        @Nullable ObjectNode object = store.get(target.type(), target.namespace(), target.name());
        if (object == null) {
            throw ApiException.notFound(target.type(), target.name());
        }
        return object;
    }

    void get(Call call, Target target) throws IOException {
        call.reply(200, new Representation(call, target).object(find(target)));
    }

    void list(Call call, Target target) throws IOException {
        Representation representation = new Representation(call, target);
        Predicate<ObjectNode> selector = Selectors.parse(call.query("labelSelector"), call.query("fieldSelector"));
        Listing listing = store.listing(target.type(), target.namespace());
        List<ObjectNode> items = listing.items();
        ObjectNode meta = Json.object();
        long version = listing.resourceVersion();
        Position from = Position.read(call.query("continue"));
        if (from != null) {
            version = from.resourceVersion();
            items.removeIf(item -> !from.isBefore(item));
        }
        items.removeIf(selector.negate());
        meta.put("resourceVersion", Long.toString(version));
        @Nullable Long limit = call.number("limit");
        if (limit != null && limit > 0 && items.size() > limit) {
            int remaining = items.size() - limit.intValue();
            items = items.subList(0, limit.intValue());
            meta.put("continue", new Position(version, items.getLast()).write());
            if (call.query("labelSelector").isEmpty()
                    && call.query("fieldSelector").isEmpty()) {
                meta.put("remainingItemCount", remaining);
            }
        }
        call.reply(200, representation.list(items, meta));
    }

    /** Where the next page of a list begins. */
    private record Position(long resourceVersion, String namespace, String name) {
        Position(long resourceVersion, ObjectNode last) {
            this(resourceVersion, Meta.namespace(last), Meta.name(last));
        }

        static @Nullable Position read(String token) {
            if (token.isEmpty()) {
                return null;
            }
            try {
                JsonNode node = Json.parseObject(Base64.getUrlDecoder().decode(token));
                return new Position(node.path("rv").asLong(), Json.text(node, "ns"), Json.text(node, "name"));
            } catch (IOException | IllegalArgumentException e) {
                throw ApiException.badRequest("continue key is not valid: " + e.getMessage());
            }
        }

        String write() {
            ObjectNode node = Json.object()
                    .put("rv", resourceVersion)
                    .put("ns", namespace)
                    .put("name", name);
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(node.toString().getBytes(StandardCharsets.UTF_8));
        }

        boolean isBefore(ObjectNode object) {
            int byNamespace = namespace.compareTo(Meta.namespace(object));
            return byNamespace < 0 || byNamespace == 0 && name.compareTo(Meta.name(object)) < 0;
        }
    }
}
