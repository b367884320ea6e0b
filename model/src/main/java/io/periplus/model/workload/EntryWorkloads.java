package io.periplus.model.workload;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import io.periplus.api.Annotations;
import io.periplus.api.IpAddresses;
import io.periplus.api.NamespacedName;
import io.periplus.api.SpiffeId;
import io.periplus.model.MeshSettings;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.EndpointInput;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.ServiceEntryInput;
import io.periplus.model.input.ServiceInput.ServicePort;
import io.periplus.model.input.WorkloadEntryInput;
import io.periplus.model.policy.PolicyNames;
import io.periplus.model.waypoint.Binding;
import io.periplus.model.waypoint.Bindings;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.Locality;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import io.periplus.wire.workload.WorkloadType;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From WorkloadEntries, and from the endpoints that ServiceEntries list, to workloads.
 *
 * @param servicesOfEntry services of ServiceEntries by the name of the entry
 */
public record EntryWorkloads(
        MeshSettings mesh,
        Bindings bindings,
        SelectingServices<NamespacedName> services,
        SelectingServices<String> entryServices,
        Index<NamespacedName, String, ServiceInfo> servicesOfEntry,
        PolicyNames policies) {

    private static final String GROUP = "/networking.istio.io/";

    /** The workload of a WorkloadEntry; null for one that says neither where it is nor in which network. */
    public @Nullable WorkloadInfo of(Fetch fetch, String network, WorkloadEntryInput entry) {
        EndpointInput endpoint = entry.endpoint();
        if (endpoint.address().isEmpty() && endpoint.network().isEmpty()) {
            return null;
        }
        String uid = mesh.clusterId() + GROUP + "WorkloadEntry/" + entry.key();
        Workload.Builder workload = workload(uid, entry.key(), network, endpoint, entry.asPod());
        String namespace = entry.key().namespace();
        for (ServiceInfo service : services.infos(fetch, namespace, entry.labels())) {
            workload.putServices(service.resourceName(), ports(service, endpoint));
        }
        for (ServiceInfo service : entryServices.infos(fetch, namespace, entry.labels())) {
            workload.putServices(service.resourceName(), ports(service, endpoint));
        }
        bind(workload, bindings.of(fetch, entry.asPod()));
        return named(fetch, uid, workload, entry.asPod());
    }

    private static void bind(Workload.Builder workload, Binding binding) {
        GatewayAddress waypoint = binding.address();
        if (waypoint != null) {
            workload.setWaypoint(waypoint);
        }
    }

    /** The workloads of a ServiceEntry by uid. */
    public Map<String, WorkloadInfo> of(Fetch fetch, String network, ServiceEntryInput entry) {
        List<ServiceInfo> backed = fetch.by(servicesOfEntry, entry.key());
        Map<String, WorkloadInfo> all = new LinkedHashMap<>();
        if (backed.isEmpty() || entry.resolution().equals("NONE")) {
            return all;
        }
        for (EndpointInput endpoint : entry.endpoints()) {
            add(fetch, network, entry, endpoint, backed, all);
        }
        if (entry.endpoints().isEmpty() && entry.selector().isEmpty() && entry.isDns()) {
            for (ServiceInfo service : backed) {
                EndpointInput host =
                        new EndpointInput(service.message().getHostname(), Map.of(), entry.labels(), "", "", 0, "");
                add(fetch, network, entry, host, List.of(service), all);
            }
        }
        return all;
    }

    private void add(
            Fetch fetch,
            String network,
            ServiceEntryInput entry,
            EndpointInput endpoint,
            List<ServiceInfo> backed,
            Map<String, WorkloadInfo> all) {
        String uid = mesh.clusterId() + GROUP + "ServiceEntry/" + entry.key() + "/" + endpoint.address();
        PodInput pod =
                new WorkloadEntryInput(entry.key(), entry.labels(), entry.annotations(), endpoint, List.of()).asPod();
        Workload.Builder workload = workload(uid, entry.key(), network, endpoint, pod);
        for (ServiceInfo service : backed) {
            workload.putServices(service.resourceName(), ports(service, endpoint));
        }
        // The labels of the entry choose the waypoint of its services, those of the endpoint that of the endpoint
        // itself.
        bind(
                workload,
                bindings.of(
                        fetch,
                        new WorkloadEntryInput(entry.key(), endpoint.labels(), Map.of(), endpoint, List.of()).asPod()));
        all.put(uid, named(fetch, uid, workload, pod));
    }

    private Workload.Builder workload(
            String uid, NamespacedName key, String network, EndpointInput endpoint, PodInput pod) {
        Workload.Builder workload = Workload.newBuilder()
                .setUid(uid)
                .setName(key.name())
                .setNamespace(key.namespace())
                .setNetwork(endpoint.network().isEmpty() ? network : endpoint.network())
                .setServiceAccount(endpoint.serviceAccount())
                .setCanonicalName(WorkloadNames.canonicalName(pod))
                .setCanonicalRevision(WorkloadNames.canonicalRevision(pod))
                .setWorkloadType(WorkloadType.POD)
                .setWorkloadName(WorkloadNames.workloadName(pod))
                .setClusterId(mesh.clusterId())
                .setStatus(WorkloadStatus.HEALTHY);
        if (!mesh.trustDomain().equals(SpiffeId.DEFAULT_TRUST_DOMAIN)) {
            workload.setTrustDomain(mesh.trustDomain());
        }
        Optional<InetAddress> ip = IpAddresses.parse(endpoint.address());
        if (ip.isPresent()) {
            workload.addAddresses(ByteString.copyFrom(ip.get().getAddress()));
        } else {
            workload.setHostname(endpoint.address());
        }
        if (endpoint.weight() > 0) {
            workload.setCapacity(UInt32Value.of(endpoint.weight()));
        }
        String tunnels = endpoint.labels().getOrDefault(Annotations.TUNNEL, "");
        if (Arrays.asList(tunnels.split(",")).contains("http")) {
            workload.setTunnelProtocol(TunnelProtocol.HBONE).setNativeTunnel(true);
        }
        if (!endpoint.locality().isEmpty()) {
            String[] parts = endpoint.locality().split("/", 3);
            workload.setLocality(Locality.newBuilder()
                    .setRegion(parts[0])
                    .setZone(parts.length > 1 ? parts[1] : "")
                    .setSubzone(parts.length > 2 ? parts[2] : ""));
        }
        return workload;
    }

    private WorkloadInfo named(Fetch fetch, String uid, Workload.Builder workload, PodInput pod) {
        Workload forZtunnel = workload.addAllAuthorizationPolicies(policies.forZtunnel(fetch, pod, List.of()))
                .build();
        Workload forWaypoint = workload.clearAuthorizationPolicies()
                .addAllAuthorizationPolicies(policies.selected(fetch, pod))
                .build();
        return new WorkloadInfo(uid, forZtunnel, forWaypoint);
    }

    private static PortList ports(ServiceInfo service, EndpointInput endpoint) {
        PortList.Builder list = PortList.newBuilder();
        for (ServicePort port : service.ports()) {
            String name = port.targetName() == null ? port.name() : port.targetName();
            int target = endpoint.ports().getOrDefault(name, port.target());
            if (!port.protocol().equals("UDP") && target > 0) {
                list.addPorts(Port.newBuilder().setServicePort(port.port()).setTargetPort(target));
            }
        }
        return list.build();
    }
}
