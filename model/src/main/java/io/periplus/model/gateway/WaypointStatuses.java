package io.periplus.model.gateway;

import io.periplus.api.IpAddresses;
import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.Address;
import io.periplus.model.waypoint.Waypoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status of waypoints.
 *
 * @param problems           why the deployment of a Gateway is stuck, by Gateway
 * @param parametersProblems what is wrong with the ConfigMaps for a Gateway
 */
public record WaypointStatuses(
        GatewayServices services,
        Collection<NamespacedName, String> problems,
        Collection<NamespacedName, String> parametersProblems) {

    private static final String ACCEPTED = "Accepted";
    private static final String PROGRAMMED = "Programmed";

    GatewayStatus of(Fetch fetch, GatewayInput gateway) {
        List<GatewayServices.Found> found =
                services.of(fetch, gateway, Waypoint.CONTROLLER, List.of(Waypoint.HBONE_PORT));
        return GatewayStatus.of(
                gateway,
                List.of(
                        accepted(gateway, fetch.get(parametersProblems, gateway.key())),
                        programmed(found, fetch.get(problems, gateway.key())),
                        ConditionInput.of("ResolvedRefs", true, "ResolvedRefs", "All references resolved")),
                addresses(gateway, found),
                gateway.listeners().stream()
                        .map(listener -> listener(listener, gateway))
                        .toList(),
                0);
    }

    private static ConditionInput accepted(GatewayInput gateway, @Nullable String parameters) {
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
        return GatewayStatuses.accepted(
                gateway.listeners().stream().filter(WaypointStatuses::valid).count(),
                gateway.listeners().size());
    }

    private static boolean valid(GatewayInput.Listener listener) {
        return listener.port() == Waypoint.HBONE_PORT && listener.protocol().equals("HBONE");
    }

    private static ConditionInput programmed(List<GatewayServices.Found> found, @Nullable String problem) {
        if (problem != null) {
            return ConditionInput.of(PROGRAMMED, false, "Invalid", problem);
        }
        String serving = joined(found.stream()
                .filter(GatewayServices.Found::isServing)
                .map(service -> service.hostname() + ":" + Waypoint.HBONE_PORT)
                .toList());
        List<String> troubles = found.stream()
                .filter(service -> !service.isServing())
                .map(GatewayServices.Found::trouble)
                .toList();
        if (troubles.isEmpty() && !serving.isEmpty()) {
            return ConditionInput.of(
                    PROGRAMMED, true, PROGRAMMED, "Resource programmed, assigned to service(s) " + serving);
        }
        if (!serving.isEmpty()) {
            return ConditionInput.of(
                    PROGRAMMED,
                    false,
                    "AddressNotAssigned",
                    "Assigned to service(s) " + serving + ", but failed to assign to all requested addresses: "
                            + joined(troubles));
        }
        return found.stream().anyMatch(GatewayServices.Found::exists)
                ? ConditionInput.of(PROGRAMMED, false, "AddressNotAssigned", joined(troubles))
                : ConditionInput.of(
                        PROGRAMMED,
                        false,
                        "AddressNotUsable",
                        "Failed to assign to any requested addresses: " + joined(troubles));
    }

    /** Those of a load balancer, or else both the cluster's addresses and the name; once written they stay. */
    private static List<Address> addresses(GatewayInput gateway, List<GatewayServices.Found> found) {
        List<Address> assigned = new ArrayList<>();
        for (GatewayServices.Found service : found) {
            if (!service.isServing()) {
                continue;
            }
            if (service.external().isEmpty()) {
                service.internal().stream()
                        .filter(ip -> IpAddresses.parse(ip).isPresent())
                        .forEach(ip -> assigned.add(GatewayServices.address(ip)));
                assigned.add(GatewayServices.address(service.hostname()));
            } else {
                service.external().forEach(address -> assigned.add(GatewayServices.address(address)));
            }
        }
        return GatewayServices.published(gateway, assigned);
    }

    private static ListenerStatus listener(GatewayInput.Listener listener, GatewayInput gateway) {
        String fine = "No errors found";
        List<ConditionInput> conditions = List.of(
                valid(listener)
                        ? ConditionInput.of(ACCEPTED, true, ACCEPTED, fine)
                        : ConditionInput.of(
                                ACCEPTED,
                                false,
                                "UnsupportedProtocol",
                                "Expected a single listener on port 15008 with protocol \"HBONE\""),
                ConditionInput.of("Conflicted", false, "NoConflicts", fine),
                ConditionInput.of(PROGRAMMED, true, PROGRAMMED, fine),
                ConditionInput.of("ResolvedRefs", true, "ResolvedRefs", fine));
        return new ListenerStatus(
                listener.name(),
                List.of(),
                0,
                conditions.stream().map(c -> c.observed(gateway.generation())).toList());
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
