package io.periplus.waypoint;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.periplus.dataplane.identity.CertificateState;
import io.periplus.dataplane.tls.WorkloadTls;
import io.periplus.dataplane.xds.ResourceHandler;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.ExtensionProvider;
import io.periplus.wire.waypoint.Gateway;
import io.periplus.wire.waypoint.RequestAuthentication;
import io.periplus.wire.waypoint.Route;
import io.periplus.wire.workload.Address;
import io.periplus.wire.xds.DiscoveryResponse;
import io.periplus.wire.xds.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resources from files, for a proxy without a control plane: a file, or a directory with {@code *.json}, each a
 * {@code DiscoveryResponse} in protobuf's JSON form, {@code {"resources": [{"@type": "type.googleapis.com/…", …}, …]}}, as
 * Envoy reads its own. Looked at once a second; what is in no file any more is removed. There is no identity: endpoints
 * are reached in clear only.
 */
final class LocalFiles implements Control {
    private static final Logger LOG = LoggerFactory.getLogger(LocalFiles.class);
    private static final int LOOK_SECONDS = 1;
    private static final JsonFormat.Parser PARSER = JsonFormat.parser()
            .usingTypeRegistry(JsonFormat.TypeRegistry.newBuilder()
                    .add(Gateway.getDescriptor())
                    .add(Route.getDescriptor())
                    .add(BackendPolicy.getDescriptor())
                    .add(AuthorizationPolicy.getDescriptor())
                    .add(ExtensionProvider.getDescriptor())
                    .add(RequestAuthentication.getDescriptor())
                    .add(Address.getDescriptor())
                    .build());

    private final Path place;
    private final Map<String, ResourceHandler> handlers = new LinkedHashMap<>();
    private final Map<String, Set<String>> held = new LinkedHashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("files").daemon().factory());
    private Map<Path, FileTime> seen = Map.of();

    /**
     * Reads everything once.
     *
     * @throws IOException if nothing can be read there
     */
    LocalFiles(Path place, List<ResourceHandler> handlers) throws IOException {
        this.place = place;
        for (ResourceHandler handler : handlers) {
            this.handlers.put(handler.typeUrl(), handler);
        }
        seen = look();
        apply(seen.keySet());
        thread.scheduleWithFixedDelay(this::follow, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private void follow() {
        try {
            Map<Path, FileTime> now = look();
            if (!now.equals(seen)) {
                apply(now.keySet());
                seen = now;
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: {}; what was read before stays in force", place, e.getMessage());
        }
    }

    private Map<Path, FileTime> look() throws IOException {
        Map<Path, FileTime> files = new TreeMap<>();
        if (!Files.isDirectory(place)) {
            files.put(place, Files.getLastModifiedTime(place));
            return files;
        }
        try (Stream<Path> entries = Files.list(place)) {
            for (Path file :
                    entries.filter(entry -> entry.toString().endsWith(".json")).toList()) {
                files.put(file, Files.getLastModifiedTime(file));
            }
        }
        return files;
    }

    private void apply(Iterable<Path> files) throws IOException {
        Map<String, List<Resource>> byType = new LinkedHashMap<>();
        for (Path file : files) {
            for (Any any : read(file)) {
                byType.computeIfAbsent(any.getTypeUrl(), _ -> new ArrayList<>())
                        .add(Resource.newBuilder()
                                .setName(nameOf(any))
                                .setResource(any)
                                .build());
            }
        }
        handlers.forEach((type, handler) -> {
            List<Resource> resources = byType.getOrDefault(type, List.of());
            Set<String> names = new HashSet<>();
            resources.forEach(resource -> names.add(resource.getName()));
            List<String> removed = held.getOrDefault(type, Set.of()).stream()
                    .filter(name -> !names.contains(name))
                    .toList();
            handler.apply(resources, removed)
                    .forEach((name, why) -> LOG.warn("{}: {} {} cannot be used: {}", place, type, name, why));
            held.put(type, names);
            LOG.info("{}: {} resources of {}", place, resources.size(), type);
        });
    }

    private static List<Any> read(Path file) throws IOException {
        DiscoveryResponse.Builder response = DiscoveryResponse.newBuilder();
        try {
            PARSER.merge(Files.readString(file), response);
        } catch (InvalidProtocolBufferException e) {
            throw new IOException(
                    "%s: %s (expected: {\"resources\": [{\"@type\": …}]})".formatted(file, e.getMessage()), e);
        }
        return response.getResourcesList();
    }

    /** As the control plane names them. */
    private static String nameOf(Any any) throws InvalidProtocolBufferException {
        String type = any.getTypeUrl().substring(any.getTypeUrl().lastIndexOf('.') + 1);
        return switch (type) {
            case "Route" -> {
                Route route = Route.parseFrom(any.getValue());
                yield route.getKind() + "/" + route.getNamespace() + "/" + route.getName();
            }
            case "Gateway" -> {
                Gateway gateway = Gateway.parseFrom(any.getValue());
                yield gateway.getNamespace() + "/" + gateway.getName();
            }
            case "BackendPolicy" -> {
                BackendPolicy policy = BackendPolicy.parseFrom(any.getValue());
                yield policy.getNamespace() + "/" + policy.getHostname();
            }
            case "ExtensionProvider" ->
                ExtensionProvider.parseFrom(any.getValue()).getName();
            case "AuthorizationPolicy" -> {
                AuthorizationPolicy policy = AuthorizationPolicy.parseFrom(any.getValue());
                yield policy.getNamespace() + "/" + policy.getName();
            }
            case "RequestAuthentication" -> {
                RequestAuthentication policy = RequestAuthentication.parseFrom(any.getValue());
                yield policy.getNamespace() + "/" + policy.getName();
            }
            default -> {
                Address address = Address.parseFrom(any.getValue());
                yield address.hasWorkload()
                        ? address.getWorkload().getUid()
                        : address.getService().getNamespace() + "/"
                                + address.getService().getHostname();
            }
        };
    }

    @Override
    public CompletableFuture<WorkloadTls> identity() {
        return CompletableFuture.failedFuture(new IllegalStateException(
                "no identity: the configuration comes from files, and no authority is known"));
    }

    @Override
    public CompletableFuture<?> certified() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<?> synced() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public List<CertificateState> certificates() {
        return List.of();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
