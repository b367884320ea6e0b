package io.periplus.lab.node.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Derives what has to be translated from Services and EndpointSlices. */
final class ServicePorts {
    private ServicePorts() {}

    /**
     * @param node name of this node, for the traffic policies {@code Local}
     * @param dnsAddress an address that needs no translation, as it is the node's own
     */
    static List<ServicePort> of(List<ObjectNode> services, List<ObjectNode> slices, String node, String dnsAddress) {
        List<ServicePort> ports = new ArrayList<>();
        for (ObjectNode service : services) {
            List<String> inside = inside(service, dnsAddress);
            List<String> outside = outside(service);
            List<ObjectNode> own = slices.stream()
                    .filter(slice -> Meta.namespace(slice).equals(Meta.namespace(service))
                            && Json.at(slice, "metadata", "labels", "kubernetes.io/service-name")
                                    .asText()
                                    .equals(Meta.name(service)))
                    .toList();
            for (JsonNode port : Json.at(service, "spec", "ports")) {
                int nodePort = port.path("nodePort").asInt(0);
                if (!inside.isEmpty()) {
                    String local = localNode(service, "internalTrafficPolicy", node);
                    ports.add(port(service, port, inside, 0, own, local, local));
                }
                if (!outside.isEmpty() || nodePort > 0) {
                    ports.add(port(
                            service,
                            port,
                            outside,
                            nodePort,
                            own,
                            localNode(service, "externalTrafficPolicy", node),
                            null));
                }
            }
        }
        return ports;
    }

    /** The node to which a policy {@code Local} keeps the traffic; null for every node. */
    private static @Nullable String localNode(ObjectNode service, String policy, String node) {
        return Json.text(service, "spec", policy).equals("Local") ? node : null;
    }

    private static ServicePort port(
            ObjectNode service,
            JsonNode port,
            List<String> addresses,
            int nodePort,
            List<ObjectNode> slices,
            @Nullable String localNode,
            @Nullable String localNodeOfOwnPods) {
        String protocol = port.path("protocol").asText("TCP");
        List<ServicePort.Endpoint> endpoints = usable(slices, port, protocol, localNode);
        return new ServicePort(
                Meta.namespace(service) + "/" + Meta.name(service) + ":"
                        + port.path("port").asInt(),
                addresses,
                protocol.toLowerCase(Locale.ROOT),
                port.path("port").asInt(),
                nodePort,
                Json.text(service, "spec", "sessionAffinity").equals("ClientIP"),
                endpoints,
                Objects.equals(localNode, localNodeOfOwnPods)
                        ? endpoints
                        : usable(slices, port, protocol, localNodeOfOwnPods));
    }

    /** Ready endpoints; as long as there is none, those that still serve on their way out. */
    private static List<ServicePort.Endpoint> usable(
            List<ObjectNode> slices, JsonNode port, String protocol, @Nullable String localNode) {
        List<ServicePort.Endpoint> ready = endpoints(
                slices,
                port,
                protocol,
                endpoint -> endpoint.path("conditions").path("ready").asBoolean(true) && isOn(endpoint, localNode));
        return !ready.isEmpty()
                ? ready
                : endpoints(
                        slices,
                        port,
                        protocol,
                        endpoint -> endpoint.path("conditions").path("serving").asBoolean(false)
                                && isOn(endpoint, localNode));
    }

    private static boolean isOn(JsonNode endpoint, @Nullable String node) {
        return node == null || endpoint.path("nodeName").asText().equals(node);
    }

    private static List<String> inside(ObjectNode service, String dnsAddress) {
        TreeSet<String> addresses = new TreeSet<>();
        if (Json.text(service, "spec", "type").equals("ExternalName")) {
            return List.of();
        }
        addresses.add(Json.text(service, "spec", "clusterIP"));
        addresses.addAll(Json.texts(Json.at(service, "spec", "clusterIPs")));
        addresses.removeIf(address -> !address.contains(".") || address.equals(dnsAddress));
        return List.copyOf(addresses);
    }

    private static List<String> outside(ObjectNode service) {
        TreeSet<String> addresses = new TreeSet<>();
        if (Json.text(service, "spec", "type").equals("ExternalName")) {
            return List.of();
        }
        addresses.addAll(Json.texts(Json.at(service, "spec", "externalIPs")));
        Json.at(service, "status", "loadBalancer", "ingress")
                .forEach(ingress -> addresses.add(ingress.path("ip").asText("")));
        addresses.removeIf(address -> !address.contains("."));
        return List.copyOf(addresses);
    }

    private static List<ServicePort.Endpoint> endpoints(
            List<ObjectNode> slices, JsonNode wanted, String protocol, Predicate<JsonNode> usable) {
        List<ServicePort.Endpoint> endpoints = new ArrayList<>();
        for (ObjectNode slice : slices) {
            for (JsonNode port : slice.path("ports")) {
                if (!port.path("name").asText("").equals(wanted.path("name").asText(""))
                        || !port.path("protocol").asText("TCP").equals(protocol)) {
                    continue;
                }
                for (JsonNode endpoint : slice.path("endpoints")) {
                    String address = endpoint.path("addresses").path(0).asText("");
                    if (address.contains(".") && usable.test(endpoint)) {
                        endpoints.add(new ServicePort.Endpoint(
                                address, port.path("port").asInt()));
                    }
                }
            }
        }
        return endpoints.stream()
                .distinct()
                .sorted(java.util.Comparator.comparing(ServicePort.Endpoint::toString))
                .toList();
    }
}
