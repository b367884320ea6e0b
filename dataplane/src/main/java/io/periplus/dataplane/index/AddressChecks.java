package io.periplus.dataplane.index;

import com.google.protobuf.ByteString;
import io.periplus.wire.workload.ApplicationTunnel;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.IPFamilies;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.NetworkMode;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.WeightedWaypoint;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;

/** What makes an Address resource unusable. Unknown enum values are: guessing could route or expose wrongly. */
final class AddressChecks {
    private AddressChecks() {}

    static void check(Workload workload) {
        require(!workload.getUid().isEmpty(), "uid is empty");
        for (ByteString address : workload.getAddressesList()) {
            checkBytes(address);
        }
        require(
                workload.getTunnelProtocol() == TunnelProtocol.NONE
                        || workload.getTunnelProtocol() == TunnelProtocol.HBONE,
                "tunnel_protocol " + workload.getTunnelProtocolValue() + " (expected: NONE or HBONE)");
        require(workload.getStatus() != WorkloadStatus.UNRECOGNIZED, "unknown status " + workload.getStatusValue());
        require(
                workload.getNetworkMode() != NetworkMode.UNRECOGNIZED,
                "unknown network_mode " + workload.getNetworkModeValue());
        require(
                workload.getApplicationTunnel().getProtocol() != ApplicationTunnel.Protocol.UNRECOGNIZED,
                "unknown application_tunnel.protocol");
        if (workload.hasWaypoint()) {
            check(workload.getWaypoint(), "waypoint");
        }
        if (workload.hasNetworkGateway()) {
            check(workload.getNetworkGateway(), "network_gateway");
        }
        for (String service : workload.getServicesMap().keySet()) {
            require(service.indexOf('/') > 0, "service key \"" + service + "\" (expected: namespace/hostname)");
        }
    }

    static void check(Service service) {
        require(!service.getHostname().isEmpty(), "hostname is empty");
        for (var address : service.getAddressesList()) {
            checkBytes(address.getAddress());
        }
        require(service.getIpFamilies() != IPFamilies.UNRECOGNIZED, "unknown ip_families");
        LoadBalancing balancing = service.getLoadBalancing();
        require(balancing.getMode() != LoadBalancing.Mode.UNRECOGNIZED, "unknown load_balancing.mode");
        require(
                balancing.getHealthPolicy() != LoadBalancing.HealthPolicy.UNRECOGNIZED,
                "unknown load_balancing.health_policy");
        for (LoadBalancing.Scope scope : balancing.getRoutingPreferenceList()) {
            require(
                    scope != LoadBalancing.Scope.UNSPECIFIED_SCOPE && scope != LoadBalancing.Scope.UNRECOGNIZED,
                    "unknown scope in load_balancing.routing_preference");
        }
        if (service.hasWaypoint()) {
            check(service.getWaypoint(), "waypoint");
        }
        for (WeightedWaypoint waypoint : service.getWeightedWaypointsList()) {
            check(waypoint.getDestination(), "weighted_waypoints.destination");
        }
    }

    private static void check(GatewayAddress gateway, String field) {
        switch (gateway.getDestinationCase()) {
            case ADDRESS -> checkBytes(gateway.getAddress().getAddress());
            case HOSTNAME -> require(!gateway.getHostname().getHostname().isEmpty(), field + ".hostname is empty");
            case DESTINATION_NOT_SET -> throw new InvalidResourceException(field + " names no destination");
        }
    }

    private static void checkBytes(ByteString address) {
        require(
                address.size() == 4 || address.size() == 16,
                "address of " + address.size() + " bytes (expected: 4 or 16)");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new InvalidResourceException(message);
        }
    }
}
