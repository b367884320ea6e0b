package io.periplus.model.mesh;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.wire.waypoint.ExtensionProvider;
import io.periplus.wire.waypoint.ServiceTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the services of extension providers.
 *
 * @param services      by host name
 * @param entryServices by host name: those of ServiceEntries
 */
public record Providers(
        Index<String, NamespacedName, ServiceInfo> services, Index<String, String, ServiceInfo> entryServices) {

    /** The provider as proxies receive it: with its service, or with the reason why it cannot be asked. */
    public ExtensionProvider resolve(Fetch fetch, ProviderInput input) {
        ExtensionProvider message = input.message();
        if (message.hasUnusable()) {
            return message;
        }
        int slash = input.service().indexOf('/');
        String namespace = input.service().substring(0, Math.max(0, slash));
        String hostname = input.service().substring(slash + 1).toLowerCase(Locale.ROOT);
        List<ServiceInfo> found = new ArrayList<>(fetch.by(services, hostname));
        if (found.isEmpty()) {
            found.addAll(fetch.by(entryServices, hostname));
        }
        found.removeIf(service -> slash >= 0 && !service.key().namespace().equals(namespace));
        if (found.isEmpty()) {
            return unusable(
                    message,
                    "service " + input.service() + " was not found (expected: the full host name of a Service or a host"
                            + " of a ServiceEntry)");
        }
        if (found.size() > 1) {
            return unusable(
                    message,
                    "service " + input.service() + " exists in several namespaces ("
                            + found.stream()
                                    .map(service -> service.key().namespace())
                                    .collect(Collectors.joining(", "))
                            + "); write <namespace>/" + hostname);
        }
        return at(message, found.getFirst());
    }

    private static ExtensionProvider at(ExtensionProvider message, ServiceInfo service) {
        boolean hasPort =
                service.message().getPortsList().stream().anyMatch(port -> port.getServicePort() == message.getPort());
        if (!hasPort) {
            return unusable(message, "service " + service.resourceName() + " has no port " + message.getPort());
        }
        return message.toBuilder()
                .setService(ServiceTarget.newBuilder()
                        .setNamespace(service.key().namespace())
                        .setHostname(service.message().getHostname()))
                .build();
    }

    private static ExtensionProvider unusable(ExtensionProvider message, String why) {
        return ExtensionProvider.newBuilder()
                .setName(message.getName())
                .setUnusable(why)
                .build();
    }

    /** Why policies cannot have this provider asked, in words that follow its name; null if they can. */
    public static @Nullable String problem(
            Fetch fetch, Collection<String, ExtensionProvider> resolved, @Nullable String name) {
        ExtensionProvider provider = fetch.get(resolved, name == null ? "" : name);
        if (provider == null) {
            return "is not configured";
        }
        return provider.hasUnusable() ? "cannot be asked (" + provider.getUnusable() + ")" : null;
    }
}
