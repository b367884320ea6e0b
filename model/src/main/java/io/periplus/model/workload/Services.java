package io.periplus.model.workload;

import com.google.protobuf.ByteString;
import io.periplus.api.IpAddresses;
import io.periplus.model.MeshSettings;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.waypoint.Binding;
import io.periplus.model.waypoint.Canary;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.IPFamilies;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.WeightedWaypoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From Kubernetes Services to services of the index. */
public final class Services {
    /** Connections that two waypoints share. */
    private static final int ALL = 100;

    private Services() {}

    /** A service; null for one that the index leaves out ({@code ExternalName}). */
    public static @Nullable ServiceInfo derive(
            MeshSettings mesh,
            String network,
            ServiceInput service,
            @Nullable NamespaceInput namespace,
            Binding binding) {
        if (service.type().equals("ExternalName")) {
            return null;
        }
        String hostname = mesh.hostname(service.key().namespace(), service.key().name());
        Service.Builder message = Service.newBuilder()
                .setName(service.key().name())
                .setNamespace(service.key().namespace())
                .setHostname(hostname)
                .setIpFamilies(families(service.ipFamilies()))
                .setCanonical(true);
        for (String ip : service.clusterIps()) {
            IpAddresses.parse(ip)
                    .ifPresent(address -> message.addAddresses(NetworkAddress.newBuilder()
                            .setNetwork(network)
                            .setAddress(ByteString.copyFrom(address.getAddress()))));
        }
        for (ServiceInput.ServicePort port : service.ports()) {
            message.addPorts(Port.newBuilder()
                    .setServicePort(port.port())
                    .setTargetPort(port.target())
                    .setAppProtocol(AppProtocols.of(port)));
        }
        bind(message, binding);
        var balancing = LoadBalancingPresets.of(service, namespace);
        if (balancing != null) {
            message.setLoadBalancing(balancing);
        }
        return new ServiceInfo(
                service.key(),
                service.key().namespace() + "/" + hostname,
                message.build(),
                service.selector(),
                service.ports(),
                service.publishNotReadyAddresses(),
                binding);
    }

    /** Says which waypoint fronts the service. */
    static void bind(Service.Builder message, Binding binding) {
        message.setIngressUseWaypoint(binding instanceof Binding.Bound bound && bound.ingress());
        GatewayAddress waypoint = binding.address();
        if (waypoint != null) {
            message.setWaypoint(waypoint);
        }
        if (binding instanceof Binding.Bound bound && bound.canary() instanceof Canary.Attached canary) {
            message.addWeightedWaypoints(weighted(bound.address(), ALL - canary.weight()))
                    .addWeightedWaypoints(weighted(canary.address(), canary.weight()));
        }
    }

    private static WeightedWaypoint weighted(GatewayAddress waypoint, int weight) {
        return WeightedWaypoint.newBuilder()
                .setDestination(waypoint)
                .setWeight(weight)
                .build();
    }

    private static IPFamilies families(List<String> families) {
        if (families.size() > 1) {
            return IPFamilies.DUAL;
        }
        if (families.isEmpty()) {
            return IPFamilies.AUTOMATIC;
        }
        return families.getFirst().equals("IPv6") ? IPFamilies.IPV6_ONLY : IPFamilies.IPV4_ONLY;
    }
}
