package io.periplus.model.traffic;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.BackendTlsPolicyInput;
import io.periplus.model.input.BackendTlsPolicyInput.Target;
import io.periplus.model.workload.ServiceInfo;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which BackendTLSPolicy holds for a port of a service: one that names the port before one for all, of several the oldest,
 * then the first by name.
 */
public record BackendTlsPolicies(Index<NamespacedName, NamespacedName, BackendTlsPolicyInput> byTarget) {
    private static final Comparator<BackendTlsPolicyInput> OLDEST_FIRST =
            Comparator.comparing(BackendTlsPolicyInput::created).thenComparing(BackendTlsPolicyInput::key);

    /** The Services and ServiceEntries that a policy targets; they are in its namespace. */
    public static List<NamespacedName> targets(BackendTlsPolicyInput policy) {
        return policy.targets().stream()
                .filter(target -> isService(target) || isEntry(target))
                .map(target -> new NamespacedName(policy.key().namespace(), target.name()))
                .distinct()
                .toList();
    }

    static boolean isService(Target target) {
        return (target.group().isEmpty() || target.group().equals("core"))
                && target.kind().equals("Service");
    }

    static boolean isEntry(Target target) {
        return target.group().equals("networking.istio.io") && target.kind().equals("ServiceEntry");
    }

    // A host of a ServiceEntry has a name of its own, a Service that of the object.
    private static boolean isTo(Target target, ServiceInfo service) {
        boolean named = service.message()
                .getHostname()
                .startsWith(service.key().name() + "." + service.key().namespace() + ".svc.");
        return target.name().equals(service.key().name()) && (named ? isService(target) : isEntry(target));
    }

    /**
     * The policy; null when none holds.
     *
     * @param port by name; empty for what holds for all ports
     */
    @Nullable
    BackendTlsPolicyInput of(Fetch fetch, ServiceInfo service, String port) {
        return fetch.by(byTarget, service.key()).stream()
                .filter(policy -> policy.targets().stream()
                        .anyMatch(target ->
                                isTo(target, service) && target.sectionName().equals(port)))
                .min(OLDEST_FIRST)
                .orElse(null);
    }
}
