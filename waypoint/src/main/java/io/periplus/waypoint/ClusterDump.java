package io.periplus.waypoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.Endpoint;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.waypoint.mesh.Self;
import io.periplus.wire.waypoint.BackendService;
import io.periplus.wire.waypoint.Route;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/** The services that a proxy sends requests to, port by port, under the names that Envoy's users know. */
final class ClusterDump {
    private final WorkloadIndex index;
    private final Self self;

    ClusterDump(WorkloadIndex index, Self self) {
        this.index = index;
        this.self = self;
    }

    /** Those that this proxy fronts and those that routes name as backends. */
    ArrayNode of(Collection<Route> routes) {
        SortedMap<String, ObjectNode> clusters = new TreeMap<>();
        index.forEachService(entry -> {
            if (entry.service().hasWaypoint() && self.isMeantBy(entry.service().getWaypoint(), index)) {
                entry.service().getPortsList().forEach(port -> add(entry, port, true, clusters));
            }
        });
        for (Route route : routes) {
            route.getRulesList()
                    .forEach(rule -> rule.getBackendsList().forEach(backend -> {
                        if (backend.hasService()) {
                            named(backend.getService(), clusters);
                        }
                    }));
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        array.addAll(clusters.values());
        return array;
    }

    private void named(BackendService backend, SortedMap<String, ObjectNode> clusters) {
        ServiceEntry entry = index.service(backend.getNamespace(), backend.getHostname());
        if (entry != null) {
            entry.service().getPortsList().stream()
                    .filter(port -> port.getServicePort() == backend.getPort())
                    .forEach(port -> add(entry, port, false, clusters));
        }
    }

    private static void add(ServiceEntry entry, Port port, boolean fronted, SortedMap<String, ObjectNode> clusters) {
        String host = entry.service().getHostname();
        String name = "outbound|" + port.getServicePort() + "||" + host;
        if (clusters.containsKey(name)) {
            return;
        }
        ObjectNode cluster = JsonNodeFactory.instance.objectNode();
        cluster.put("name", name);
        cluster.put("service", entry.service().getNamespace() + "/" + host);
        cluster.put("port", port.getServicePort());
        cluster.put("protocol", port.getAppProtocol().name());
        cluster.put("type", entry.isPassthrough() ? "ORIGINAL_DST" : "EDS");
        cluster.put("fronted", fronted);
        ArrayNode endpoints = cluster.putArray("endpoints");
        for (Endpoint endpoint : entry.endpoints()) {
            int target = endpoint.targetPort(entry.service(), port.getServicePort());
            if (target != Endpoint.NO_PORT) {
                endpoints.add(endpoint(endpoint.workload(), target));
            }
        }
        clusters.put(name, cluster);
    }

    private static ObjectNode endpoint(Workload workload, int port) {
        String host = workload.getAddressesCount() == 0
                ? workload.getHostname()
                : IpAddress.ofBytes(workload.getAddresses(0)).toString();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("address", host.contains(":") ? "[" + host + "]:" + port : host + ":" + port);
        json.put("workload", workload.getNamespace() + "/" + workload.getName());
        json.put("status", workload.getStatus() == WorkloadStatus.UNHEALTHY ? "UNHEALTHY" : "HEALTHY");
        json.put("tunnel", workload.getTunnelProtocol() == TunnelProtocol.HBONE ? "HBONE" : "NONE");
        return json;
    }
}
