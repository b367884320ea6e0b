package io.periplus.ztunnel.local;

import com.google.protobuf.UInt32Value;
import io.periplus.wire.workload.ApplicationTunnel;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.Locality;
import io.periplus.wire.workload.NetworkMode;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import io.periplus.wire.workload.WorkloadType;
import java.util.Map;

/** Workloads of the file. */
final class Workloads {
    private static final Map<String, TunnelProtocol> PROTOCOLS =
            Map.of("HBONE", TunnelProtocol.HBONE, "TCP", TunnelProtocol.NONE);
    private static final Map<String, WorkloadStatus> STATES =
            Map.of("Healthy", WorkloadStatus.HEALTHY, "Unhealthy", WorkloadStatus.UNHEALTHY);
    private static final Map<String, NetworkMode> MODES =
            Map.of("Standard", NetworkMode.STANDARD, "HostNetwork", NetworkMode.HOST_NETWORK);
    private static final Map<String, WorkloadType> TYPES = Map.of(
            "deployment", WorkloadType.DEPLOYMENT,
            "cronjob", WorkloadType.CRONJOB,
            "pod", WorkloadType.POD,
            "job", WorkloadType.JOB);
    private static final Map<String, ApplicationTunnel.Protocol> TUNNELS =
            Map.of("NONE", ApplicationTunnel.Protocol.NONE, "PROXY", ApplicationTunnel.Protocol.PROXY);

    private Workloads() {}

    static Workload read(Entry from) {
        Workload.Builder workload = Workload.newBuilder()
                .setUid(from.required("uid"))
                .setName(from.required("name"))
                .setNamespace(from.required("namespace"))
                .setTrustDomain(from.text("trustDomain"))
                .setServiceAccount(from.text("serviceAccount"))
                .setNetwork(from.text("network"))
                .setNode(from.text("node"))
                .setHostname(from.text("hostname"))
                .setClusterId(from.text("clusterId"))
                .setWorkloadName(from.text("workloadName"))
                .setCanonicalName(from.text("canonicalName"))
                .setCanonicalRevision(from.text("canonicalRevision"))
                .setNativeTunnel(from.flag("nativeTunnel"))
                .setTunnelProtocol(from.oneOf("protocol", TunnelProtocol.NONE, PROTOCOLS))
                .setStatus(from.oneOf("status", WorkloadStatus.HEALTHY, STATES))
                .setNetworkMode(from.oneOf("networkMode", NetworkMode.STANDARD, MODES))
                .setWorkloadType(from.oneOf("workloadType", WorkloadType.POD, TYPES))
                .addAllAuthorizationPolicies(from.texts("authorizationPolicies"));
        for (String address : from.texts("workloadIps")) {
            workload.addAddresses(from.parsed("workloadIps", address, Addresses::bytes));
        }
        GatewayAddress waypoint = Addresses.gateway(from, "waypoint");
        if (waypoint != null) {
            workload.setWaypoint(waypoint);
        }
        GatewayAddress gateway = Addresses.gateway(from, "networkGateway");
        if (gateway != null) {
            workload.setNetworkGateway(gateway);
        }
        int capacity = from.number("capacity", -1, 0, Integer.MAX_VALUE);
        if (capacity >= 0) {
            workload.setCapacity(UInt32Value.of(capacity));
        }
        locality(from, workload);
        tunnel(from, workload);
        from.named("services")
                .forEach((service, ports) -> workload.putServices(
                        service,
                        PortList.newBuilder()
                                .addAllPorts(Addresses.ports(ports.ports()))
                                .build()));
        from.done();
        return workload.build();
    }

    private static void locality(Entry from, Workload.Builder to) {
        Entry locality = from.entry("locality");
        if (locality != null) {
            to.setLocality(Locality.newBuilder()
                    .setRegion(locality.text("region"))
                    .setZone(locality.text("zone"))
                    .setSubzone(locality.text("subzone")));
            locality.done();
        }
    }

    private static void tunnel(Entry from, Workload.Builder to) {
        Entry tunnel = from.entry("applicationTunnel");
        if (tunnel != null) {
            to.setApplicationTunnel(ApplicationTunnel.newBuilder()
                    .setProtocol(tunnel.oneOf("protocol", ApplicationTunnel.Protocol.NONE, TUNNELS))
                    .setPort(tunnel.number("port", 0, 0, 0xffff)));
            tunnel.done();
        }
    }
}
