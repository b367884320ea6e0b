package io.periplus.lab.apiserver.rest;

import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.apiserver.http.Path;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Part;
import io.periplus.lab.store.ResourceType;
import io.periplus.lab.store.SqliteObjectStore;
import io.periplus.lab.store.types.Definition;
import io.periplus.lab.store.types.Version;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;

/** Requests on objects: finds the type, then the verb. */
public final class Resources {
    private final SqliteObjectStore store;
    private final Reads reads;
    private final Watches watches;
    private final Writes writes;
    private final Deletes deletes;
    private final Scales scales;
    private final PodActions podActions;

    /** @param stopping whether the server is about to end, and long-lived replies with it */
    public Resources(SqliteObjectStore store, BooleanSupplier stopping) {
        this.store = store;
        this.reads = new Reads(store);
        this.watches = new Watches(store, stopping);
        this.writes = new Writes(store);
        this.deletes = new Deletes(store);
        this.scales = new Scales(store, reads);
        this.podActions = new PodActions(store);
    }

    /** Watches over WebSocket, by the same rules. */
    public WatchSockets watchSockets(ServerWebSocketContainer webSockets) {
        return new WatchSockets(this, watches, webSockets);
    }

    /** What the path is about; null when there is no such type. */
    public @Nullable Target target(Path path) {
        Definition definition = store.registry().find(path.group(), path.resource());
        Version version = definition == null ? null : definition.version(path.version());
        if (definition == null || version == null) {
            return null;
        }
        boolean scoped = !path.namespace().isEmpty();
        if (scoped && !definition.namespaced()
                || !scoped && definition.namespaced() && !path.name().isEmpty()) {
            return null;
        }
        return new Target(
                definition, version, definition.in(path.version()), scoped ? path.namespace() : null, path.name());
    }

    /** Answers a request on an object or a collection. */
    public void handle(Call call, Path path, Target target) throws IOException {
        String deprecation = target.version().deprecation();
        if (deprecation != null) {
            call.warn(deprecation);
        }
        if (path.name().isEmpty()) {
            collection(call, target);
        } else if (path.subresource().isEmpty()) {
            object(call, target);
        } else {
            subresource(call, path, target);
        }
    }

    private void collection(Call call, Target target) throws IOException {
        switch (call.method()) {
            case "GET" -> {
                if (call.flag("watch")) {
                    watches.watch(call, target);
                } else {
                    reads.list(call, target);
                }
            }
            case "POST" -> {
                if (target.definition().namespaced() && target.namespace() == null) {
                    throw notAllowed();
                }
                writes.create(call, target);
            }
            case "DELETE" -> deletes.deleteCollection(call, target);
            default -> throw notAllowed();
        }
    }

    private void object(Call call, Target target) throws IOException {
        switch (call.method()) {
            case "GET" -> {
                if (call.flag("watch")) {
                    watches.watch(call, target);
                } else {
                    reads.get(call, target);
                }
            }
            case "PUT" -> writes.update(call, target, Part.MAIN);
            case "PATCH" -> writes.patch(call, target, Part.MAIN);
            case "DELETE" -> deletes.delete(call, target);
            default -> throw notAllowed();
        }
    }

    private void subresource(Call call, Path path, Target target) throws IOException {
        boolean pod = target.type().equals(ResourceType.POD);
        switch (path.subresource()) {
            case "status" -> {
                if (!target.version().status()) {
                    throw missing();
                }
                part(call, target, Part.STATUS);
            }
            case "scale" -> {
                if (target.version().scale() == null) {
                    throw missing();
                }
                scales.handle(call, target);
            }
            case "finalize" -> part(call, target, Part.MAIN);
            case "approval" -> part(call, target, Part.STATUS);
            case "ephemeralcontainers" -> part(call, target, Part.MAIN);
            case "binding" -> {
                if (!pod) {
                    throw missing();
                }
                podActions.bind(call, target);
            }
            case "eviction" -> {
                if (!pod) {
                    throw missing();
                }
                podActions.evict(call, target);
            }
            default -> throw missing();
        }
    }

    private void part(Call call, Target target, Part part) throws IOException {
        switch (call.method()) {
            case "GET" -> reads.get(call, target);
            case "PUT" -> writes.update(call, target, part);
            case "PATCH" -> writes.patch(call, target, part);
            default -> throw notAllowed();
        }
    }

    public static ApiException notAllowed() {
        return new ApiException(
                405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
    }

    public static ApiException missing() {
        return new ApiException(404, "NotFound", "the server could not find the requested resource");
    }
}
