package io.periplus.model.workload;

import com.google.protobuf.ByteString;
import io.periplus.api.IpAddresses;
import io.periplus.api.NamespacedName;
import io.periplus.model.MeshSettings;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.SliceInput;
import io.periplus.wire.workload.NetworkMode;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import io.periplus.wire.workload.WorkloadType;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Endpoints that are no pods, as hand-written EndpointSlices have them: reachable, without an identity. */
public final class SliceWorkloads {
    private SliceWorkloads() {}

    /** The workloads of a slice by uid. */
    public static Map<String, WorkloadInfo> derive(
            MeshSettings mesh, String network, SliceInput slice, @Nullable ServiceInfo service) {
        if (service == null || slice.addressType().equals("FQDN")) {
            return Map.of();
        }
        Map<String, WorkloadInfo> workloads = new LinkedHashMap<>();
        for (SliceInput.Endpoint endpoint : slice.endpoints()) {
            Optional<InetAddress> ip = endpoint.addresses().isEmpty()
                    ? Optional.empty()
                    : IpAddresses.parse(endpoint.addresses().getFirst());
            if (endpoint.pod() != null || ip.isEmpty()) {
                continue;
            }
            NamespacedName key = slice.key();
            String uid =
                    mesh.clusterId() + "/discovery.k8s.io/EndpointSlice/" + key + "/" + IpAddresses.canonical(ip.get());
            Workload workload = Workload.newBuilder()
                    .setUid(uid)
                    .setName(key.name())
                    .setNamespace(key.namespace())
                    .addAddresses(ByteString.copyFrom(ip.get().getAddress()))
                    .setNetwork(network)
                    .setCanonicalName(key.name())
                    .setCanonicalRevision("latest")
                    .setWorkloadType(WorkloadType.POD)
                    .setWorkloadName(key.name())
                    .setClusterId(mesh.clusterId())
                    .setStatus(endpoint.ready() ? WorkloadStatus.HEALTHY : WorkloadStatus.UNHEALTHY)
                    .setNetworkMode(NetworkMode.HOST_NETWORK)
                    .putServices(service.resourceName(), ports(slice, service))
                    .build();
            workloads.put(uid, new WorkloadInfo(uid, workload, workload));
        }
        return workloads;
    }

    private static PortList ports(SliceInput slice, ServiceInfo service) {
        PortList.Builder list = PortList.newBuilder();
        for (SliceInput.SlicePort target : slice.ports()) {
            for (ServiceInput.ServicePort port : service.ports()) {
                if (target.protocol().equals("TCP")
                        && port.protocol().equals("TCP")
                        && port.name().equals(target.name())) {
                    list.addPorts(Port.newBuilder().setServicePort(port.port()).setTargetPort(target.port()));
                }
            }
        }
        return list.build();
    }
}
