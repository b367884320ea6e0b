package io.periplus.model.gateway;

import io.periplus.api.IpAddresses;
import io.periplus.api.NamespacedName;
import io.periplus.model.MeshSettings;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.Address;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.SliceInput;
import io.periplus.model.proxy.ProxyNames;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.waypoint.Waypoints;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status of Gateways whose class is one of ours; others are not touched.
 *
 * @param problems why the deployment of a Gateway is stuck, by Gateway
 */
public record GatewayStatuses(
        MeshSettings mesh,
        Collection<String, GatewayClassInput> classes,
        Collection<NamespacedName, ServiceInput> services,
        Index<NamespacedName, NamespacedName, SliceInput> slicesByService,
        Collection<NamespacedName, String> problems,
        EdgeGatewayStatuses edge) {

    private static final String ACCEPTED = "Accepted";
    private static final String PROGRAMMED = "Programmed";

    /** The status; null for a Gateway of somebody else's class. */
    public @Nullable GatewayStatus of(Fetch fetch, GatewayInput gateway) {
        String controller = Waypoints.controller(gateway.className(), fetch.get(classes, gateway.className()));
        return switch (controller) {
            case Waypoint.CONTROLLER -> waypoint(fetch, gateway);
            case "istio.io/gateway-controller" -> edge.of(fetch, gateway);
            case "istio.io/unmanaged-gateway" -> remote(gateway);
            case "istio.io/eastwest-controller" -> unsupported(gateway, controller);
            default -> null;
        };
    }

    private GatewayStatus waypoint(Fetch fetch, GatewayInput gateway) {
        String service = ProxyNames.deployed(gateway, Waypoint.CONTROLLER);
        NamespacedName name = new NamespacedName(gateway.key().namespace(), service);
        ServiceInput found = fetch.get(services, name);
        boolean instances = fetch.by(slicesByService, name).stream().anyMatch(GatewayStatuses::hasInstance);
        ConditionInput programmed = programmed(
                found, instances, mesh.hostname(name.namespace(), service), fetch.get(problems, gateway.key()));
        List<Address> addresses = gateway.statusAddresses();
        if (found != null && instances) {
            List<Address> assigned = addresses(found, mesh.hostname(name.namespace(), service));
            addresses = assigned.isEmpty() ? addresses : assigned;
        }
        ConditionInput parameters = parametersProblem(gateway);
        if (parameters != null) {
            return status(gateway, List.of(parameters, programmed), addresses, listeners(gateway));
        }
        return status(gateway, List.of(accepted(gateway), programmed, resolved()), addresses, listeners(gateway));
    }

    private static ConditionInput programmed(
            @Nullable ServiceInput service, boolean instances, String hostname, @Nullable String problem) {
        if (problem != null) {
            return ConditionInput.of(PROGRAMMED, false, "Invalid", problem);
        }
        if (service == null) {
            return ConditionInput.of(
                    PROGRAMMED,
                    false,
                    "AddressNotUsable",
                    "Failed to assign to any requested addresses: hostname \"" + hostname + "\" not found");
        }
        if (service.type().equals("LoadBalancer") && service.externalAddresses().isEmpty()) {
            return ConditionInput.of(
                    PROGRAMMED, false, "AddressNotAssigned", "address pending for hostname \"" + hostname + "\"");
        }
        if (!instances) {
            return ConditionInput.of(
                    PROGRAMMED, false, "AddressNotAssigned", "no instances found for hostname \"" + hostname + "\"");
        }
        return ConditionInput.of(
                PROGRAMMED,
                true,
                "Programmed",
                "Resource programmed, assigned to service(s) " + hostname + ":" + Waypoint.HBONE_PORT);
    }

    private static boolean hasInstance(SliceInput slice) {
        return slice.ports().stream().anyMatch(port -> port.port() == Waypoint.HBONE_PORT)
                && slice.endpoints().stream().anyMatch(SliceInput.Endpoint::ready);
    }

    private static List<Address> addresses(ServiceInput service, String hostname) {
        List<Address> addresses = new ArrayList<>();
        for (String external : service.externalAddresses()) {
            addresses.add(new Address(IpAddresses.parse(external).isPresent() ? "IPAddress" : "Hostname", external));
        }
        if (addresses.isEmpty()) {
            service.clusterIps().stream()
                    .filter(ip -> IpAddresses.parse(ip).isPresent())
                    .forEach(ip -> addresses.add(new Address("IPAddress", ip)));
            addresses.add(new Address("Hostname", hostname));
        }
        return addresses;
    }

    /** What is wrong with the parameters that a Gateway refers to; null when nothing is. */
    static @Nullable ConditionInput parametersProblem(GatewayInput gateway) {
        return gateway.parametersRef() == null
                ? null
                : ConditionInput.of(
                        ACCEPTED,
                        false,
                        "InvalidParameters",
                        "parametersRef " + gateway.parametersRef()
                                + " is not supported by this control plane; use spec.infrastructure.labels"
                                + " and annotations");
    }

    private static ConditionInput accepted(GatewayInput gateway) {
        return accepted(
                gateway.listeners().stream().filter(GatewayStatuses::valid).count(),
                gateway.listeners().size());
    }

    /** Condition {@code Accepted} of a Gateway with so many valid ones among its listeners. */
    static ConditionInput accepted(long valid, long all) {
        if (valid == all) {
            return ConditionInput.of(ACCEPTED, true, "Accepted", "Resource accepted");
        }
        return valid > 0
                ? ConditionInput.of(
                        ACCEPTED, true, "ListenersNotValid", "One or more of the Gateway's listeners are invalid")
                : ConditionInput.of(ACCEPTED, false, "ListenersNotValid", "None of the Gateway's listeners are valid");
    }

    private static boolean valid(GatewayInput.Listener listener) {
        return listener.port() == Waypoint.HBONE_PORT && listener.protocol().equals("HBONE");
    }

    private static ConditionInput resolved() {
        return ConditionInput.of("ResolvedRefs", true, "ResolvedRefs", "All references resolved");
    }

    private static GatewayStatus remote(GatewayInput gateway) {
        return status(
                gateway,
                List.of(
                        ConditionInput.of(ACCEPTED, true, "Accepted", "Resource accepted"),
                        ConditionInput.of(
                                PROGRAMMED, true, "Programmed", "This Gateway is remote; Istio will not program it")),
                gateway.addresses(),
                List.of());
    }

    private static GatewayStatus unsupported(GatewayInput gateway, String controller) {
        String message = "Gateways of class \"" + gateway.className() + "\" (controller " + controller
                + ") are not supported by this control plane; supported is \"" + Waypoint.CLASS_NAME + "\"";
        return status(
                gateway,
                List.of(
                        ConditionInput.of(ACCEPTED, false, "Unsupported", message),
                        ConditionInput.of(PROGRAMMED, false, "Invalid", message)),
                gateway.statusAddresses(),
                List.of());
    }

    private static GatewayStatus status(
            GatewayInput gateway,
            List<ConditionInput> conditions,
            List<Address> addresses,
            List<ListenerStatus> listeners) {
        return GatewayStatus.of(gateway, conditions, addresses, listeners, 0);
    }

    private static List<ListenerStatus> listeners(GatewayInput gateway) {
        return gateway.listeners().stream()
                .map(listener -> listener(listener, gateway))
                .toList();
    }

    private static ListenerStatus listener(GatewayInput.Listener listener, GatewayInput gateway) {
        String fine = "No errors found";
        List<ConditionInput> conditions = List.of(
                valid(listener)
                        ? ConditionInput.of(ACCEPTED, true, "Accepted", fine)
                        : ConditionInput.of(
                                ACCEPTED,
                                false,
                                "UnsupportedProtocol",
                                "Expected a single listener on port 15008 with protocol \"HBONE\""),
                ConditionInput.of("Conflicted", false, "NoConflicts", fine),
                ConditionInput.of(PROGRAMMED, true, "Programmed", fine),
                ConditionInput.of("ResolvedRefs", true, "ResolvedRefs", fine));
        return new ListenerStatus(
                listener.name(),
                List.of(),
                0,
                conditions.stream().map(c -> c.observed(gateway.generation())).toList());
    }
}
