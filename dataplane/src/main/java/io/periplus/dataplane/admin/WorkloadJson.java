package io.periplus.dataplane.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.wire.workload.ApplicationTunnel;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.Locality;
import io.periplus.wire.workload.NetworkMode;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import java.util.Locale;
import java.util.TreeMap;

/** A workload in the dump's names; defaults are left out. */
final class WorkloadJson {
    private WorkloadJson() {}

    static ObjectNode of(Workload workload) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode ips = json.putArray("workloadIps");
        for (ByteString address : workload.getAddressesList()) {
            ips.add(IpAddress.ofBytes(address).toString());
        }
        if (workload.hasWaypoint()) {
            json.set("waypoint", gateway(workload.getWaypoint()));
        }
        if (workload.hasNetworkGateway()) {
            json.set("networkGateway", gateway(workload.getNetworkGateway()));
        }
        json.put("protocol", workload.getTunnelProtocol() == TunnelProtocol.HBONE ? "HBONE" : "TCP");
        json.put("networkMode", workload.getNetworkMode() == NetworkMode.HOST_NETWORK ? "HostNetwork" : "Standard");
        json.put("uid", workload.getUid());
        json.put("name", workload.getName());
        json.put("namespace", workload.getNamespace());
        put(json, "trustDomain", WorkloadIdentity.of(workload).trustDomain());
        put(json, "serviceAccount", WorkloadIdentity.of(workload).serviceAccount());
        put(json, "network", workload.getNetwork());
        put(json, "workloadName", workload.getWorkloadName());
        put(json, "workloadType", workload.getWorkloadType().name().toLowerCase(Locale.ROOT));
        put(json, "canonicalName", workload.getCanonicalName());
        put(json, "canonicalRevision", workload.getCanonicalRevision());
        put(json, "hostname", workload.getHostname());
        put(json, "node", workload.getNode());
        if (workload.getNativeTunnel()) {
            json.put("nativeTunnel", true);
        }
        if (workload.hasApplicationTunnel()) {
            ApplicationTunnel tunnel = workload.getApplicationTunnel();
            ObjectNode own = json.putObject("applicationTunnel");
            own.put("protocol", tunnel.getProtocol().name());
            if (tunnel.getPort() > 0) {
                own.put("port", tunnel.getPort());
            }
        }
        if (workload.getAuthorizationPoliciesCount() > 0) {
            workload.getAuthorizationPoliciesList().forEach(json.putArray("authorizationPolicies")::add);
        }
        json.put("status", workload.getStatus() == WorkloadStatus.UNHEALTHY ? "Unhealthy" : "Healthy");
        json.put("clusterId", workload.getClusterId());
        Locality locality = workload.getLocality();
        if (!locality.equals(Locality.getDefaultInstance())) {
            json.putObject("locality")
                    .put("region", locality.getRegion())
                    .put("zone", locality.getZone())
                    .put("subzone", locality.getSubzone());
        }
        if (workload.getServicesCount() > 0) {
            ArrayNode services = json.putArray("services");
            new TreeMap<>(workload.getServicesMap()).keySet().forEach(services::add);
        }
        json.put("capacity", workload.hasCapacity() ? workload.getCapacity().getValue() : 1);
        return json;
    }

    static ObjectNode gateway(GatewayAddress gateway) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        String destination = switch (gateway.getDestinationCase()) {
            case HOSTNAME ->
                gateway.getHostname().getNamespace() + "/"
                        + gateway.getHostname().getHostname();
            case ADDRESS ->
                gateway.getAddress().getNetwork() + "/"
                        + IpAddress.ofBytes(gateway.getAddress().getAddress());
            case DESTINATION_NOT_SET -> "";
        };
        return json.put("destination", destination).put("hboneMtlsPort", gateway.getHboneMtlsPort());
    }

    static ObjectNode ports(PortList ports) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        for (Port port : ports.getPortsList()) {
            json.put(Integer.toString(port.getServicePort()), port.getTargetPort());
        }
        return json;
    }

    private static void put(ObjectNode json, String name, String value) {
        if (!value.isEmpty()) {
            json.put(name, value);
        }
    }
}
