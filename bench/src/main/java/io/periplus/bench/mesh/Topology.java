package io.periplus.bench.mesh;

import com.google.protobuf.ByteString;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/** Who is where, as the control plane tells it. */
public final class Topology {
    public static final String SUBNET = "10.77.0.";
    public static final String CONTROL = SUBNET + 2;
    public static final int CONTROL_PORT = 15010;
    static final String CLIENT_NODE = SUBNET + 3;
    static final String SERVER_NODE = SUBNET + 4;
    static final String WAYPOINT = SUBNET + 5;
    static final String CLIENT = SUBNET + 11;
    static final String SERVER = SUBNET + 12;
    static final String PLAIN_CLIENT = SUBNET + 13;
    static final String PLAIN_SERVER = SUBNET + 14;

    /** The service without a waypoint. */
    static final String DIRECT_VIP = "10.78.0.1";

    /** The service with one. */
    static final String ROUTED_VIP = "10.78.0.2";

    private static final String WAYPOINT_VIP = "10.78.0.3";
    public static final int SERVICE_PORT = 80;
    public static final int SERVER_PORT = 8080;
    static final String NAMESPACE = "bench";
    static final String NETWORK = "network1";
    public static final String CLUSTER = "cluster1";
    static final String CLIENT_NODE_NAME = "node-a";
    static final String SERVER_NODE_NAME = "node-b";
    static final String WAYPOINT_NAME = "waypoint";
    private static final int HBONE_PORT = 15008;

    private Topology() {}

    /** Everything that is sent to every proxy, by its name. */
    static Map<String, Address> addresses() {
        Map<String, Address> all = new LinkedHashMap<>();
        put(all, service("direct", DIRECT_VIP).build());
        put(
                all,
                service("routed", ROUTED_VIP)
                        .setWaypoint(GatewayAddress.newBuilder()
                                .setHostname(NamespacedHostname.newBuilder()
                                        .setNamespace(NAMESPACE)
                                        .setHostname(hostname(WAYPOINT_NAME)))
                                .setHboneMtlsPort(HBONE_PORT))
                        .build());
        put(
                all,
                Service.newBuilder()
                        .setName(WAYPOINT_NAME)
                        .setNamespace(NAMESPACE)
                        .setHostname(hostname(WAYPOINT_NAME))
                        .addAddresses(network(WAYPOINT_VIP))
                        .addPorts(Port.newBuilder().setServicePort(HBONE_PORT).setTargetPort(HBONE_PORT))
                        .build());
        put(
                all,
                workload("client", CLIENT, CLIENT_NODE_NAME, TunnelProtocol.HBONE)
                        .build());
        put(
                all,
                workload("server", SERVER, SERVER_NODE_NAME, TunnelProtocol.HBONE)
                        .putServices(key("direct"), ports(SERVICE_PORT, SERVER_PORT))
                        .putServices(key("routed"), ports(SERVICE_PORT, SERVER_PORT))
                        .build());
        put(
                all,
                workload(WAYPOINT_NAME, WAYPOINT, SERVER_NODE_NAME, TunnelProtocol.NONE)
                        .putServices(key(WAYPOINT_NAME), ports(HBONE_PORT, HBONE_PORT))
                        .build());
        return all;
    }

    static String hostname(String service) {
        return service + "." + NAMESPACE + ".svc.cluster.local";
    }

    /** How the node's agent and the control plane name a pod. */
    static String uid(String pod) {
        return CLUSTER + "//Pod/" + NAMESPACE + "/" + pod;
    }

    static String key(String service) {
        return NAMESPACE + "/" + hostname(service);
    }

    static PortList ports(int service, int target) {
        return PortList.newBuilder()
                .addPorts(Port.newBuilder().setServicePort(service).setTargetPort(target))
                .build();
    }

    static Service.Builder service(String name, String vip) {
        return Service.newBuilder()
                .setName(name)
                .setNamespace(NAMESPACE)
                .setHostname(hostname(name))
                .addAddresses(network(vip))
                .addPorts(Port.newBuilder()
                        .setServicePort(SERVICE_PORT)
                        .setTargetPort(SERVER_PORT)
                        .setAppProtocol(AppProtocol.HTTP11));
    }

    static Workload.Builder workload(String name, String address, String node, TunnelProtocol protocol) {
        return Workload.newBuilder()
                .setUid(uid(name))
                .setName(name)
                .setNamespace(NAMESPACE)
                .setNetwork(NETWORK)
                .setServiceAccount(name)
                .setNode(node)
                .setClusterId(CLUSTER)
                .setWorkloadName(name)
                .setCanonicalName(name)
                .setTunnelProtocol(protocol)
                .addAddresses(bytes(address));
    }

    private static NetworkAddress network(String address) {
        return NetworkAddress.newBuilder()
                .setNetwork(NETWORK)
                .setAddress(bytes(address))
                .build();
    }

    private static ByteString bytes(String address) {
        return ByteString.copyFrom(InetAddress.ofLiteral(address).getAddress());
    }

    static void put(Map<String, Address> all, Service service) {
        all.put(key(service.getName()), Address.newBuilder().setService(service).build());
    }

    static void put(Map<String, Address> all, Workload workload) {
        all.put(workload.getUid(), Address.newBuilder().setWorkload(workload).build());
    }
}
