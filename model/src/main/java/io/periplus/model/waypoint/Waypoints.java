package io.periplus.model.waypoint;

import com.google.protobuf.ByteString;
import io.periplus.api.IpAddresses;
import io.periplus.api.Labels;
import io.periplus.api.SpiffeId;
import io.periplus.model.MeshSettings;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.PodInput;
import io.periplus.model.proxy.ProxyNames;
import io.periplus.wire.workload.ApplicationTunnel;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.NetworkAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** From Gateways to {@link Waypoint}s. */
public final class Waypoints {
    private static final GatewayInput.Allowed SAME = new GatewayInput.Allowed("Same", null);

    /** Of listeners that take the PROXY protocol. */
    private static final String PROXY_PROTOCOL = "istio.io/PROXY";

    /** Controllers of the classes that exist even when nobody made the class object. */
    private static final Map<String, String> BUILT_IN = Map.of(
            "istio",
            "istio.io/gateway-controller",
            Waypoint.CLASS_NAME,
            Waypoint.CONTROLLER,
            "istio-remote",
            "istio.io/unmanaged-gateway",
            "istio-east-west",
            "istio.io/eastwest-controller");

    private Waypoints() {}

    /** The controller of a class, also when the class object does not exist; empty when it is not known. */
    public static String controller(String className, @Nullable GatewayClassInput gatewayClass) {
        return gatewayClass != null ? gatewayClass.controller() : BUILT_IN.getOrDefault(className, "");
    }

    /**
     * A Gateway as a waypoint.
     *
     * @param pods those labelled with the Gateway's name in its namespace
     */
    public static Waypoint derive(
            MeshSettings mesh,
            String network,
            GatewayInput gateway,
            @Nullable GatewayClassInput gatewayClass,
            List<PodInput> pods,
            boolean leaving) {
        String traffic = gateway.labels().get(Labels.WAYPOINT_FOR);
        if (traffic == null && gatewayClass != null) {
            traffic = gatewayClass.labels().get(Labels.WAYPOINT_FOR);
        }
        String controller = controller(gateway.className(), gatewayClass);
        return new Waypoint(
                gateway.key(),
                controller,
                ProxyNames.deployed(gateway, controller),
                Waypoint.Traffic.of(traffic),
                allowed(gateway, InboundBindings.of(gateway, gatewayClass)),
                address(gateway, network),
                principals(mesh, gateway, controller, pods),
                leaving);
    }

    // A waypoint that we deploy has the service account that we gave it; whoever labels a pod as its instance gains
    // nothing.
    private static List<String> principals(
            MeshSettings mesh, GatewayInput gateway, String controller, List<PodInput> pods) {
        TreeSet<String> accounts = new TreeSet<>();
        if (controller.equals(Waypoint.CONTROLLER)) {
            accounts.add(ProxyNames.serviceAccount(gateway, controller));
        } else {
            pods.stream().filter(pod -> !pod.finished()).forEach(pod -> accounts.add(pod.serviceAccount()));
        }
        return accounts.stream()
                .map(account -> new SpiffeId(mesh.trustDomain(), gateway.key().namespace(), account).principal())
                .toList();
    }

    // The listener that connections come in by: the one that the inbound binding means, else that for HBONE.
    private static GatewayInput.Allowed allowed(GatewayInput gateway, @Nullable ApplicationTunnel inbound) {
        for (GatewayInput.Listener listener : gateway.listeners()) {
            if (inbound != null && isBoundTo(listener, inbound)) {
                return listener.allowed();
            }
        }
        for (GatewayInput.Listener listener : gateway.listeners()) {
            if (listener.protocol().equals("HBONE") && listener.port() == Waypoint.HBONE_PORT) {
                return listener.allowed();
            }
        }
        return SAME;
    }

    private static boolean isBoundTo(GatewayInput.Listener listener, ApplicationTunnel inbound) {
        return inbound.getPort() == 0
                ? inbound.getProtocol() == ApplicationTunnel.Protocol.PROXY
                        && listener.protocol().equals(PROXY_PROTOCOL)
                : listener.port() == inbound.getPort();
    }

    private static @Nullable GatewayAddress address(GatewayInput gateway, String network) {
        for (GatewayInput.Address address : gateway.statusAddresses()) {
            if (address.type().equals("Hostname")) {
                return byHostname(gateway.key().namespace(), address.value());
            }
        }
        for (GatewayInput.Address address : gateway.statusAddresses()) {
            Optional<InetAddress> ip = IpAddresses.parse(address.value());
            if (ip.isPresent()) {
                return GatewayAddress.newBuilder()
                        .setAddress(NetworkAddress.newBuilder()
                                .setNetwork(network)
                                .setAddress(ByteString.copyFrom(ip.get().getAddress())))
                        .setHboneMtlsPort(Waypoint.HBONE_PORT)
                        .build();
            }
        }
        return null;
    }

    /** Where a waypoint that we deploy is, or will be, reached. */
    static GatewayAddress expectedAddress(MeshSettings mesh, Waypoint waypoint) {
        String namespace = waypoint.key().namespace();
        return byHostname(namespace, mesh.hostname(namespace, waypoint.deployed()));
    }

    private static GatewayAddress byHostname(String namespace, String hostname) {
        return GatewayAddress.newBuilder()
                .setHostname(
                        NamespacedHostname.newBuilder().setNamespace(namespace).setHostname(hostname))
                .setHboneMtlsPort(Waypoint.HBONE_PORT)
                .build();
    }
}
