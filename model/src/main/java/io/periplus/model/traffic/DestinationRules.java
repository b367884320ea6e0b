package io.periplus.model.traffic;

import io.periplus.api.NamespacedName;
import io.periplus.model.MeshSettings;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.DestinationRuleInput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which DestinationRule holds for a service at a proxy. Rules of the proxy's own namespace come first, then those of the
 * service's, then those of the root namespace; in a namespace the most exact host does, and of several with the same host the
 * oldest that has a policy.
 */
public record DestinationRules(MeshSettings mesh, Index<String, NamespacedName, DestinationRuleInput> byHost) {
    private static final Comparator<DestinationRuleInput> OLDEST_FIRST =
            Comparator.comparing(DestinationRuleInput::created).thenComparing(DestinationRuleInput::key);

    /** The rule; null when none holds. */
    @Nullable
    DestinationRuleInput of(Fetch fetch, String proxyNamespace, String serviceNamespace, String hostname) {
        List<String> hosts = hosts(hostname);
        for (String namespace : namespaces(proxyNamespace, serviceNamespace)) {
            for (String host : hosts) {
                DestinationRuleInput found = oldest(fetch, namespace, host, proxyNamespace);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private Set<String> namespaces(String proxyNamespace, String serviceNamespace) {
        Set<String> namespaces = new LinkedHashSet<>();
        // The root namespace speaks for everybody, so for its own proxies it comes last too.
        if (!proxyNamespace.equals(mesh.rootNamespace())) {
            namespaces.add(proxyNamespace);
        }
        namespaces.add(serviceNamespace);
        namespaces.add(mesh.rootNamespace());
        return namespaces;
    }

    /** The name itself, then the wildcards that cover it, the longest first. */
    private static List<String> hosts(String hostname) {
        List<String> hosts = new ArrayList<>();
        hosts.add(hostname);
        for (int dot = hostname.indexOf('.'); dot >= 0; dot = hostname.indexOf('.', dot + 1)) {
            hosts.add("*" + hostname.substring(dot));
        }
        hosts.add("*");
        return hosts;
    }

    private @Nullable DestinationRuleInput oldest(Fetch fetch, String namespace, String host, String proxyNamespace) {
        return fetch.by(byHost, host).stream()
                .filter(rule -> rule.key().namespace().equals(namespace)
                        && !rule.selective()
                        && rule.isExportedTo(proxyNamespace)
                        && rule.allPorts() != null)
                .min(OLDEST_FIRST)
                .orElse(null);
    }
}
