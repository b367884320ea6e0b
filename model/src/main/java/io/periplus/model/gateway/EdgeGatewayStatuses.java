package io.periplus.model.gateway;

import io.periplus.api.Annotations;
import io.periplus.api.NamespacedName;
import io.periplus.model.MeshSettings;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.Address;
import io.periplus.model.route.ParentKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The status of Gateways of class {@code istio}. */
public record EdgeGatewayStatuses(
        MeshSettings mesh,
        Collection<NamespacedName, EdgeGateway> edgeGateways,
        GatewayServices services,
        Collection<NamespacedName, String> problems,
        Collection<NamespacedName, String> parametersProblems,
        ListenerStatuses listeners) {
    private static final String ACCEPTED = "Accepted";
    private static final String PROGRAMMED = "Programmed";

    /** The status. */
    public GatewayStatus of(Fetch fetch, GatewayInput gateway) {
        EdgeGateway edge = Objects.requireNonNull(fetch.get(edgeGateways, gateway.key()));
        List<GatewayServices.Found> found = services.of(fetch, gateway, EdgeGateways.CONTROLLER, ports(edge));
        ConditionInput accepted = accepted(gateway, edge, fetch.get(parametersProblems, gateway.key()));
        ConditionInput programmed = programmed(gateway, edge, found, fetch.get(problems, gateway.key()));
        boolean running = found.stream().anyMatch(GatewayServices.Found::isServing);
        List<ConditionInput> conditions = new ArrayList<>(List.of(accepted, programmed, resolved(edge)));
        if (edge.insecureClients()) {
            conditions.add(ConditionInput.of(
                    "InsecureFrontendValidationMode",
                    true,
                    "ConfigurationChanged",
                    "clients without a valid certificate are let in (mode AllowInsecureFallback)"));
        }
        return GatewayStatus.of(
                gateway,
                conditions,
                addresses(gateway, found),
                listeners.of(fetch, edge.of(ParentKey.gateway(gateway.key())), gateway.generation(), running),
                attachedSets(edge));
    }

    private static int attachedSets(EdgeGateway edge) {
        return (int) edge.permittedSets().stream()
                .filter(set -> edge.of(ParentKey.listenerSet(set)).stream().anyMatch(EdgeListener::isAccepted))
                .count();
    }

    private static List<Integer> ports(EdgeGateway edge) {
        return List.copyOf(new TreeSet<>(edge.listeners().stream()
                .filter(EdgeListener::isAccepted)
                .map(listener -> listener.spec().port())
                .toList()));
    }

    private static ConditionInput accepted(GatewayInput gateway, EdgeGateway edge, @Nullable String parameters) {
        if (parameters != null) {
            return GatewayStatuses.invalidParameters(parameters);
        }
        List<String> types = gateway.addresses().stream()
                .map(Address::type)
                .filter(type -> !GatewayServices.ADDRESS_TYPES.contains(type))
                .distinct()
                .toList();
        if (!types.isEmpty()) {
            return ConditionInput.of(
                    ACCEPTED,
                    false,
                    "UnsupportedAddress",
                    "only addresses of type IPAddress and Hostname are supported (found " + String.join(", ", types)
                            + ")");
        }
        List<EdgeListener> own = edge.of(ParentKey.gateway(gateway.key()));
        return GatewayStatuses.accepted(
                own.stream().filter(EdgeListener::isAccepted).count(), own.size());
    }

    private static ConditionInput resolved(EdgeGateway edge) {
        References.Problem problem = edge.clientProblem();
        return problem == null
                ? ConditionInput.of("ResolvedRefs", true, "ResolvedRefs", "All references resolved")
                : ConditionInput.of("ResolvedRefs", false, problem.reason(), problem.message());
    }

    private ConditionInput programmed(
            GatewayInput gateway, EdgeGateway edge, List<GatewayServices.Found> found, @Nullable String problem) {
        if (problem != null) {
            return ConditionInput.of(PROGRAMMED, false, "Invalid", problem);
        }
        if (edge.listeners().stream().noneMatch(EdgeListener::isServable)) {
            return ConditionInput.of(PROGRAMMED, false, "Invalid", "None of the Gateway's listeners can be served");
        }
        List<String> unusable = unusable(gateway, found);
        List<String> pending = found.stream()
                .filter(service -> !service.isServing())
                .map(GatewayServices.Found::trouble)
                .toList();
        List<String> serving = found.stream()
                .filter(GatewayServices.Found::isServing)
                .flatMap(service -> service.ports().stream().map(port -> service.hostname() + ":" + port))
                .toList();
        if (serving.isEmpty()) {
            return found.stream().anyMatch(GatewayServices.Found::exists)
                    ? ConditionInput.of(PROGRAMMED, false, "AddressNotAssigned", String.join(", ", pending))
                    : ConditionInput.of(
                            PROGRAMMED,
                            false,
                            "AddressNotUsable",
                            "Failed to assign to any requested addresses: "
                                    + String.join(", ", pending.isEmpty() ? unusable : pending));
        }
        if (!unusable.isEmpty()) {
            return ConditionInput.of(
                    PROGRAMMED,
                    false,
                    "AddressNotUsable",
                    "Failed to assign to any requested addresses: " + String.join(", ", unusable));
        }
        return pending.isEmpty()
                ? ConditionInput.of(
                        PROGRAMMED, true, PROGRAMMED, "Resource programmed, assigned to service(s) " + joined(serving))
                : ConditionInput.of(
                        PROGRAMMED,
                        false,
                        "AddressNotAssigned",
                        "Assigned to service(s) " + joined(serving)
                                + ", but failed to assign to all requested addresses: " + String.join(", ", pending));
    }

    // Wished for by value, and not what a Service was given.
    private static List<String> unusable(GatewayInput gateway, List<GatewayServices.Found> found) {
        List<String> given = found.stream()
                .flatMap(service -> Stream.concat(service.external().stream(), service.internal().stream()))
                .toList();
        return gateway.addresses().stream()
                .filter(address ->
                        address.type().equals("IPAddress") && !address.value().isEmpty())
                .map(Address::value)
                .filter(value -> !given.contains(value))
                .map(value -> "address \"" + value + "\" could not be assigned")
                .toList();
    }

    // Once written they stay: clients may know them.
    private static List<Address> addresses(GatewayInput gateway, List<GatewayServices.Found> found) {
        List<Address> assigned = new ArrayList<>();
        for (GatewayServices.Found service : found) {
            if (!service.isServing()) {
                continue;
            }
            given(gateway, service).forEach(value -> assigned.add(GatewayServices.address(value)));
        }
        return GatewayServices.published(gateway, assigned);
    }

    // Without a load balancer the name, unless its author asks for addresses.
    private static List<String> given(GatewayInput gateway, GatewayServices.Found service) {
        if (!service.external().isEmpty()) {
            return service.external();
        }
        String only = gateway.annotations().get(Annotations.ADDRESS_TYPE);
        return GatewayServices.IP.equals(only) ? service.internal() : List.of(service.hostname());
    }

    private static String joined(List<String> items) {
        if (items.size() < 2) {
            return String.join("", items);
        }
        return String.join(", ", items.subList(0, items.size() - 1))
                + (items.size() > 2 ? ", and " : " and ")
                + items.getLast();
    }
}
