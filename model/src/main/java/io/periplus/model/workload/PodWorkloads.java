package io.periplus.model.workload;

import com.google.protobuf.ByteString;
import io.periplus.api.Annotations;
import io.periplus.api.IpAddresses;
import io.periplus.api.Labels;
import io.periplus.api.NamespacedName;
import io.periplus.api.SpiffeId;
import io.periplus.model.MeshSettings;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.NodeInput;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.policy.PolicyNames;
import io.periplus.wire.workload.ApplicationTunnel;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.Locality;
import io.periplus.wire.workload.NetworkMode;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import io.periplus.wire.workload.WorkloadType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From pods to workloads.
 *
 * @param inboundBindings how waypoints that ztunnel stands before take connections, by the names that their pods are labelled with
 */
public record PodWorkloads(
        MeshSettings mesh,
        Collection<String, NodeInput> nodes,
        Collection<NamespacedName, Attachment> attachments,
        Collection<NamespacedName, ServiceInfo> services,
        Collection<String, ServiceInfo> entryServices,
        PolicyNames policies,
        Collection<NamespacedName, ApplicationTunnel> inboundBindings) {

    /** The workload of a pod; null for a pod that is none. */
    public @Nullable WorkloadInfo of(Fetch fetch, String network, PodInput pod) {
        Attachment attachment = fetch.get(attachments, pod.key());
        if (attachment == null) {
            return null;
        }
        String uid = mesh.clusterId() + "//Pod/" + pod.key();
        Workload.Builder workload = Workload.newBuilder()
                .setUid(uid)
                .setName(pod.key().name())
                .setNamespace(pod.key().namespace())
                .setNetwork(network)
                .setServiceAccount(pod.serviceAccount())
                .setNode(pod.node())
                .setCanonicalName(WorkloadNames.canonicalName(pod))
                .setCanonicalRevision(WorkloadNames.canonicalRevision(pod))
                .setWorkloadType(WorkloadType.POD)
                .setWorkloadName(WorkloadNames.workloadName(pod))
                .setClusterId(mesh.clusterId())
                .setStatus(pod.ready() ? WorkloadStatus.HEALTHY : WorkloadStatus.UNHEALTHY)
                .setNetworkMode(pod.hostNetwork() ? NetworkMode.HOST_NETWORK : NetworkMode.STANDARD);
        if (!mesh.trustDomain().equals(SpiffeId.DEFAULT_TRUST_DOMAIN)) {
            workload.setTrustDomain(mesh.trustDomain());
        }
        for (String address : pod.addresses()) {
            IpAddresses.parse(address).ifPresent(ip -> workload.addAddresses(ByteString.copyFrom(ip.getAddress())));
        }
        if (workload.getAddressesCount() == 0) {
            return null;
        }
        tunnel(pod, workload);
        String gateway = pod.labels().get(Labels.GATEWAY_NAME);
        ApplicationTunnel inbound = gateway == null
                ? null
                : fetch.get(inboundBindings, new NamespacedName(pod.key().namespace(), gateway));
        if (inbound != null) {
            workload.setApplicationTunnel(inbound);
        }
        locality(fetch, pod, workload);
        GatewayAddress waypoint = attachment.binding().address();
        if (waypoint != null) {
            workload.setWaypoint(waypoint);
        }
        for (NamespacedName name : attachment.services()) {
            ServiceInfo service = fetch.get(services, name);
            if (service != null) {
                workload.putServices(service.resourceName(), ports(service, pod));
            }
        }
        for (String name : attachment.entries()) {
            ServiceInfo service = fetch.get(entryServices, name);
            if (service != null) {
                workload.putServices(service.resourceName(), entryPorts(service, pod));
            }
        }
        List<String> own = policies.selected(fetch, pod);
        List<String> shaped = policies.forZtunnel(fetch, pod, attachment.waypoints());
        Workload forZtunnel = workload.addAllAuthorizationPolicies(shaped).build();
        Workload forWaypoint = own.equals(shaped)
                ? forZtunnel
                : workload.clearAuthorizationPolicies()
                        .addAllAuthorizationPolicies(own)
                        .build();
        return new WorkloadInfo(uid, forZtunnel, forWaypoint);
    }

    private static void tunnel(PodInput pod, Workload.Builder workload) {
        if ("enabled".equals(pod.annotations().get(Labels.REDIRECTION))) {
            workload.setTunnelProtocol(TunnelProtocol.HBONE);
        }
        String tunnels = pod.labels().getOrDefault(Annotations.TUNNEL, "");
        if (Arrays.asList(tunnels.split(",")).contains("http")) {
            workload.setTunnelProtocol(TunnelProtocol.HBONE).setNativeTunnel(true);
        }
    }

    private void locality(Fetch fetch, PodInput pod, Workload.Builder workload) {
        NodeInput node = pod.node().isEmpty() ? null : fetch.get(nodes, pod.node());
        if (node != null && !(node.region().isEmpty() && node.zone().isEmpty())) {
            workload.setLocality(Locality.newBuilder()
                    .setRegion(node.region())
                    .setZone(node.zone())
                    .setSubzone(node.subzone()));
        }
    }

    /** A port of a ServiceEntry means the container port of the same name, else its target, else its own number. */
    private static PortList entryPorts(ServiceInfo service, PodInput pod) {
        PortList.Builder list = PortList.newBuilder();
        for (ServiceInput.ServicePort port : service.ports()) {
            list.addPorts(Port.newBuilder()
                    .setServicePort(port.port())
                    .setTargetPort(pod.ports().getOrDefault(port.name(), port.target())));
        }
        return list.build();
    }

    private static PortList ports(ServiceInfo service, PodInput pod) {
        PortList.Builder list = PortList.newBuilder();
        for (ServiceInput.ServicePort port : service.ports()) {
            Integer target = port.targetName() == null
                    ? (Integer) port.target()
                    : pod.ports().get(port.targetName());
            if (!port.protocol().equals("UDP") && target != null && target > 0) {
                list.addPorts(Port.newBuilder().setServicePort(port.port()).setTargetPort(target));
            }
        }
        return list.build();
    }
}
