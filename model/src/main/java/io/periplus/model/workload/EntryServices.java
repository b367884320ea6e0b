package io.periplus.model.workload;

import com.google.protobuf.ByteString;
import io.periplus.api.Cidr;
import io.periplus.api.IpAddresses;
import io.periplus.api.NamespacedName;
import io.periplus.model.MeshSettings;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.ServiceEntryInput;
import io.periplus.model.input.ServiceEntryInput.HostAddress;
import io.periplus.model.input.ServiceInput.ServicePort;
import io.periplus.model.mesh.EntryVisibility.Level;
import io.periplus.model.waypoint.Binding;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.LoadBalancing.HealthPolicy;
import io.periplus.wire.workload.LoadBalancing.Mode;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.Service;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From ServiceEntries to services of the index, one for each host. Where several objects claim a host in a namespace, a
 * Kubernetes Service has it before any entry, and an older entry before a younger one.
 *
 * @param byHost    entries by their hosts
 * @param allocated addresses that the mesh chose, by entry
 */
public record EntryServices(
        MeshSettings mesh,
        EntryVisibilities visibilities,
        Collection<String, NamespaceInput> namespaces,
        Index<String, NamespacedName, ServiceInfo> servicesByHost,
        Index<String, NamespacedName, ServiceEntryInput> byHost,
        Collection<NamespacedName, List<HostAddress>> allocated) {

    private static final LoadBalancing PASSTHROUGH = LoadBalancing.newBuilder()
            .setMode(Mode.PASSTHROUGH)
            .setHealthPolicy(HealthPolicy.ALLOW_ALL)
            .build();

    private static final Comparator<ServiceEntryInput> OLDEST_FIRST =
            Comparator.comparing(ServiceEntryInput::created).thenComparing(ServiceEntryInput::key);

    /** The services of an entry by resource name. */
    public Map<String, ServiceInfo> of(Fetch fetch, String network, ServiceEntryInput entry) {
        Map<String, ServiceInfo> all = new LinkedHashMap<>();
        Level visibility = visibilities.of(fetch, entry.key().namespace());
        if (visibility == Level.NONE) {
            return all;
        }
        Binding binding = visibilities.binding(fetch, entry);
        for (String host : entry.hosts()) {
            if (has(fetch, entry, host)) {
                ServiceInfo service = service(fetch, network, entry, host, binding, visibility);
                all.put(service.resourceName(), service);
            }
        }
        return all;
    }

    /** Whether the host is this entry's in its namespace. */
    private boolean has(Fetch fetch, ServiceEntryInput entry, String host) {
        String namespace = entry.key().namespace();
        if (fetch.by(servicesByHost, host).stream()
                .anyMatch(service -> service.key().namespace().equals(namespace))) {
            return false;
        }
        return fetch.by(byHost, host).stream()
                .filter(other -> other.key().namespace().equals(namespace))
                .min(OLDEST_FIRST)
                .filter(entry::equals)
                .isPresent();
    }

    private ServiceInfo service(
            Fetch fetch, String network, ServiceEntryInput entry, String host, Binding binding, Level visibility) {
        NamespacedName key = entry.key();
        boolean canonical = fetch.by(servicesByHost, host).isEmpty()
                && fetch.by(byHost, host).stream()
                        .filter(other -> visibilities.of(fetch, other.key().namespace()) == Level.PUBLIC)
                        .min(OLDEST_FIRST)
                        .filter(entry::equals)
                        .isPresent();
        Service.Builder message = Service.newBuilder()
                .setName(key.name())
                .setNamespace(key.namespace())
                .setHostname(host)
                .addAllSubjectAltNames(entry.subjectAltNames())
                .setCanonical(canonical)
                .setVisibility(
                        visibility == Level.NAMESPACE ? Service.Visibility.NAMESPACE : Service.Visibility.PUBLIC);
        for (String address : addresses(fetch, entry, host)) {
            NetworkAddress parsed = address(network, address);
            if (parsed != null) {
                message.addAddresses(parsed);
            }
        }
        for (ServicePort port : entry.ports()) {
            message.addPorts(Port.newBuilder()
                    .setServicePort(port.port())
                    .setTargetPort(port.target())
                    .setAppProtocol(AppProtocols.of(port)));
        }
        Services.bind(message, binding);
        LoadBalancing balancing = entry.resolution().equals("NONE")
                ? PASSTHROUGH
                : LoadBalancingPresets.annotated(entry.annotations(), fetch.get(namespaces, key.namespace()));
        if (balancing != null) {
            message.setLoadBalancing(balancing);
        }
        return new ServiceInfo(
                key, key.namespace() + "/" + host, message.build(), entry.selector(), entry.ports(), false, binding);
    }

    private List<String> addresses(Fetch fetch, ServiceEntryInput entry, String host) {
        if (!entry.addresses().isEmpty()) {
            return entry.addresses();
        }
        List<String> chosen = new ArrayList<>();
        List<HostAddress> all = fetch.get(allocated, entry.key());
        if (all != null) {
            all.stream().filter(address -> address.host().equals(host)).forEach(address -> chosen.add(address.value()));
        }
        return chosen;
    }

    private static @Nullable NetworkAddress address(String network, String text) {
        NetworkAddress.Builder address = NetworkAddress.newBuilder().setNetwork(network);
        if (!text.contains("/")) {
            return IpAddresses.parse(text)
                    .map(ip -> address.setAddress(ByteString.copyFrom(ip.getAddress()))
                            .build())
                    .orElse(null);
        }
        return Cidr.parse(text)
                .map(range -> address.setAddress(
                                ByteString.copyFrom(range.address().getAddress()))
                        .setLength(range.length())
                        .build())
                .orElse(null);
    }
}
