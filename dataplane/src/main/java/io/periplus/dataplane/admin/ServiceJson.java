package io.periplus.dataplane.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.Endpoint;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.wire.workload.IPFamilies;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.WeightedWaypoint;
import io.periplus.wire.workload.WorkloadStatus;
import java.util.Comparator;
import java.util.Locale;

/** A service in the dump's names; defaults are left out. */
final class ServiceJson {
    private ServiceJson() {}

    static ObjectNode of(ServiceEntry entry) {
        Service service = entry.service();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", service.getName());
        json.put("namespace", service.getNamespace());
        json.put("hostname", service.getHostname());
        addresses(service, json);
        json.set(
                "ports",
                WorkloadJson.ports(PortList.newBuilder()
                        .addAllPorts(service.getPortsList())
                        .build()));
        ObjectNode endpoints = json.putObject("endpoints");
        entry.endpoints().stream()
                .sorted(Comparator.comparing(endpoint -> endpoint.workload().getUid()))
                .forEach(endpoint -> endpoints.set(endpoint.workload().getUid(), endpoint(endpoint)));
        service.getSubjectAltNamesList().forEach(json.putArray("subjectAltNames")::add);
        if (service.hasWaypoint()) {
            json.set("waypoint", WorkloadJson.gateway(service.getWaypoint()));
        }
        if (service.getWeightedWaypointsCount() > 0) {
            ArrayNode weighted = json.putArray("weightedWaypoints");
            for (WeightedWaypoint waypoint : service.getWeightedWaypointsList()) {
                ObjectNode one = weighted.addObject();
                one.set("destination", WorkloadJson.gateway(waypoint.getDestination()));
                one.put("weight", waypoint.getWeight());
            }
        }
        if (service.hasLoadBalancing()) {
            json.set("loadBalancer", balancing(service.getLoadBalancing()));
        }
        if (service.getIpFamilies() != IPFamilies.AUTOMATIC) {
            json.put("ipFamilies", families(service.getIpFamilies()));
        }
        json.put("canonical", service.getCanonical());
        return json.put("visibility", service.getVisibility() == Service.Visibility.NAMESPACE ? "Namespace" : "Public");
    }

    private static void addresses(Service service, ObjectNode json) {
        ArrayNode vips = json.putArray("vips");
        ArrayNode blocks = JsonNodeFactory.instance.arrayNode();
        for (var address : service.getAddressesList()) {
            IpAddress ip = IpAddress.ofBytes(address.getAddress());
            if (ServiceEntry.isBlock(address)) {
                blocks.addObject().put("network", address.getNetwork()).put("cidr", ip + "/" + address.getLength());
            } else {
                vips.add(address.getNetwork() + "/" + ip);
            }
        }
        if (!blocks.isEmpty()) {
            json.set("cidrVips", blocks);
        }
    }

    private static ObjectNode endpoint(Endpoint endpoint) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("workloadUid", endpoint.workload().getUid());
        json.set(
                "port",
                WorkloadJson.ports(
                        PortList.newBuilder().addAllPorts(endpoint.ports()).build()));
        boolean unhealthy = endpoint.workload().getStatus() == WorkloadStatus.UNHEALTHY;
        return json.put("status", unhealthy ? "Unhealthy" : "Healthy");
    }

    private static ObjectNode balancing(LoadBalancing balancing) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode preferences = json.putArray("routingPreferences");
        balancing.getRoutingPreferenceList().forEach(scope -> preferences.add(capitalized(scope.name())));
        json.put(
                "mode",
                balancing.getMode() == LoadBalancing.Mode.UNSPECIFIED_MODE
                        ? "Standard"
                        : capitalized(balancing.getMode().name()));
        boolean all = balancing.getHealthPolicy() == LoadBalancing.HealthPolicy.ALLOW_ALL;
        return json.put("healthPolicy", all ? "AllowAll" : "OnlyHealthy");
    }

    private static String families(IPFamilies families) {
        return switch (families) {
            case IPV4_ONLY -> "IPv4";
            case IPV6_ONLY -> "IPv6";
            case DUAL, AUTOMATIC, UNRECOGNIZED -> "Dual";
        };
    }

    private static String capitalized(String name) {
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }
}
