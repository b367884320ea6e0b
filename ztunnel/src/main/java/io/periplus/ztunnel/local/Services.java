package io.periplus.ztunnel.local;

import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.IPFamilies;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.WeightedWaypoint;
import java.util.Map;

/** Services of the file. Their endpoints are the workloads that name them. */
final class Services {
    private static final Map<String, LoadBalancing.Mode> MODES = Map.of(
            "Standard", LoadBalancing.Mode.UNSPECIFIED_MODE,
            "Strict", LoadBalancing.Mode.STRICT,
            "Failover", LoadBalancing.Mode.FAILOVER,
            "Passthrough", LoadBalancing.Mode.PASSTHROUGH);
    private static final Map<String, LoadBalancing.Scope> SCOPES = Map.of(
            "Region", LoadBalancing.Scope.REGION,
            "Zone", LoadBalancing.Scope.ZONE,
            "Subzone", LoadBalancing.Scope.SUBZONE,
            "Node", LoadBalancing.Scope.NODE,
            "Cluster", LoadBalancing.Scope.CLUSTER,
            "Network", LoadBalancing.Scope.NETWORK);
    private static final Map<String, LoadBalancing.HealthPolicy> HEALTH = Map.of(
            "OnlyHealthy", LoadBalancing.HealthPolicy.ONLY_HEALTHY, "AllowAll", LoadBalancing.HealthPolicy.ALLOW_ALL);
    private static final Map<String, IPFamilies> FAMILIES =
            Map.of("IPv4", IPFamilies.IPV4_ONLY, "IPv6", IPFamilies.IPV6_ONLY, "Dual", IPFamilies.DUAL);
    private static final Map<String, Service.Visibility> VISIBILITIES =
            Map.of("Public", Service.Visibility.PUBLIC, "Namespace", Service.Visibility.NAMESPACE);

    private Services() {}

    static Service read(Entry from) {
        Service.Builder service = Service.newBuilder()
                .setName(from.required("name"))
                .setNamespace(from.required("namespace"))
                .setHostname(from.required("hostname"))
                .addAllSubjectAltNames(from.texts("subjectAltNames"))
                .setIpFamilies(from.oneOf("ipFamilies", IPFamilies.AUTOMATIC, FAMILIES))
                .setCanonical(from.flag("canonical"))
                .setVisibility(from.oneOf("visibility", Service.Visibility.PUBLIC, VISIBILITIES));
        for (String address : from.texts("vips")) {
            NetworkAddress virtual = from.parsed("vips", address, Addresses::inNetwork);
            service.addAddresses(virtual);
        }
        for (Entry block : from.entries("cidrVips")) {
            String network = block.text("network");
            NetworkAddress address =
                    block.parsed("cidr", block.required("cidr"), cidr -> Addresses.block(network, cidr));
            service.addAddresses(address);
            block.done();
        }
        Entry ports = from.entry("ports");
        if (ports != null) {
            service.addAllPorts(Addresses.ports(ports.ports()));
        }
        GatewayAddress waypoint = Addresses.gateway(from, "waypoint");
        if (waypoint != null) {
            service.setWaypoint(waypoint);
        }
        for (Entry weighted : from.entries("weightedWaypoints")) {
            Entry destination = weighted.entry("destination");
            if (destination == null) {
                throw weighted.unexpected("destination", "nothing", "a waypoint");
            }
            service.addWeightedWaypoints(WeightedWaypoint.newBuilder()
                    .setDestination(Addresses.gateway(destination))
                    .setWeight(weighted.number("weight", 0, 0, Integer.MAX_VALUE)));
            weighted.done();
        }
        Entry balancing = from.entry("loadBalancer");
        if (balancing != null) {
            service.setLoadBalancing(LoadBalancing.newBuilder()
                    .setMode(balancing.oneOf("mode", LoadBalancing.Mode.UNSPECIFIED_MODE, MODES))
                    .addAllRoutingPreference(balancing.allOf("routingPreferences", SCOPES))
                    .setHealthPolicy(balancing.oneOf("healthPolicy", LoadBalancing.HealthPolicy.ONLY_HEALTHY, HEALTH)));
            balancing.done();
        }
        from.done("endpoints");
        return service.build();
    }
}
