package io.periplus.lab.apiserver.table;

import static io.periplus.lab.apiserver.table.Rows.age;
import static io.periplus.lab.apiserver.table.Rows.name;
import static io.periplus.lab.apiserver.table.Rows.orNone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.rest.Selectors;
import io.periplus.lab.store.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rows of types around Services. */
final class NetworkRows {
    private static final int SHOWN_MAX = 3;

    private NetworkRows() {}

    static void add(Map<String, Printer> printers) {
        printers.put(
                "services",
                Printers.printer(
                        "Name|Type|Cluster-IP|External-IP|Port(s)|Age|Selector+",
                        service -> List.of(
                                name(service),
                                Json.text(service, "spec", "type"),
                                orNone(Json.text(service, "spec", "clusterIP")),
                                externalAddress(service),
                                ports(service),
                                age(service),
                                Rows.selector(service))));
        printers.put(
                "endpoints",
                Printers.printer(
                        "Name|Endpoints|Age",
                        endpoints -> List.of(name(endpoints), endpoints(endpoints), age(endpoints))));
        printers.put(
                "endpointslices.discovery.k8s.io",
                Printers.printer("Name|AddressType|Ports|Endpoints|Age", NetworkRows::endpointSlice));
        printers.put(
                "ingresses.networking.k8s.io",
                Printers.printer("Name|Class|Hosts|Address|Ports|Age", NetworkRows::ingress));
        printers.put(
                "ingressclasses.networking.k8s.io",
                Printers.printer(
                        "Name|Controller|Parameters|Age",
                        type -> List.of(name(type), Json.text(type, "spec", "controller"), Rows.NONE, age(type))));
        printers.put(
                "networkpolicies.networking.k8s.io",
                Printers.printer(
                        "Name|Pod-Selector|Age",
                        policy -> List.of(
                                name(policy),
                                orNone(Selectors.text(policy.path("spec").path("podSelector"))),
                                age(policy))));
    }

    private static String externalAddress(ObjectNode service) {
        List<String> addresses = Json.texts(service.path("spec").path("externalIPs"));
        switch (Json.text(service, "spec", "type")) {
            case "ExternalName" -> {
                return Json.text(service, "spec", "externalName");
            }
            case "LoadBalancer" -> {
                addresses.addAll(loadBalancer(service));
                return addresses.isEmpty() ? "<pending>" : String.join(",", addresses);
            }
            default -> {
                return orNone(String.join(",", addresses));
            }
        }
    }

    private static List<String> loadBalancer(ObjectNode object) {
        List<String> addresses = new ArrayList<>();
        for (JsonNode ingress : Json.at(object, "status", "loadBalancer", "ingress")) {
            String ip = Json.text(ingress, "ip");
            addresses.add(ip.isEmpty() ? Json.text(ingress, "hostname") : ip);
        }
        return addresses;
    }

    private static String ports(ObjectNode service) {
        List<String> ports = new ArrayList<>();
        for (JsonNode port : service.path("spec").path("ports")) {
            String node = port.path("nodePort").asInt() > 0
                    ? ":" + port.path("nodePort").asInt()
                    : "";
            ports.add(port.path("port").asInt() + node + "/" + Json.text(port, "protocol"));
        }
        return orNone(String.join(",", ports));
    }

    private static String endpoints(ObjectNode endpoints) {
        List<String> all = new ArrayList<>();
        for (JsonNode subset : endpoints.path("subsets")) {
            for (JsonNode address : subset.path("addresses")) {
                for (JsonNode port : subset.path("ports")) {
                    all.add(Json.text(address, "ip") + ":" + port.path("port").asInt());
                }
            }
        }
        return Rows.abridged(all, SHOWN_MAX);
    }

    private static List<Object> endpointSlice(ObjectNode slice) {
        List<String> ports = new ArrayList<>();
        slice.path("ports")
                .forEach(port -> ports.add(port.has("port") ? port.path("port").asText() : "*"));
        List<String> addresses = new ArrayList<>();
        slice.path("endpoints").forEach(endpoint -> addresses.addAll(Json.texts(endpoint.path("addresses"))));
        return List.of(
                name(slice),
                Json.text(slice, "addressType"),
                ports.isEmpty() ? "<unset>" : Rows.abridged(ports, SHOWN_MAX),
                addresses.isEmpty() ? "<unset>" : Rows.abridged(addresses, SHOWN_MAX),
                age(slice));
    }

    private static List<Object> ingress(ObjectNode ingress) {
        List<String> hosts = new ArrayList<>();
        for (JsonNode rule : ingress.path("spec").path("rules")) {
            String host = Json.text(rule, "host");
            hosts.add(host.isEmpty() ? "*" : host);
        }
        return List.of(
                name(ingress),
                orNone(Json.text(ingress, "spec", "ingressClassName")),
                hosts.isEmpty() ? "*" : Rows.abridged(hosts, SHOWN_MAX),
                String.join(",", loadBalancer(ingress)),
                ingress.path("spec").path("tls").isEmpty() ? "80" : "80, 443",
                age(ingress));
    }
}
