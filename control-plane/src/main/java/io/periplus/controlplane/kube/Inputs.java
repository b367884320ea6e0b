package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.periplus.api.NamespacedName;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.NodeInput;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.SliceInput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** From core objects to what the index reads of them. */
public final class Inputs {
    private Inputs() {}

    /** The name of an object. */
    public static NamespacedName key(HasMetadata object) {
        ObjectMeta meta = object.getMetadata();
        return new NamespacedName(text(meta.getNamespace()), meta.getName());
    }

    static PodInput pod(Pod pod) {
        PodStatus status = Objects.requireNonNullElseGet(pod.getStatus(), PodStatus::new);
        ObjectMeta meta = pod.getMetadata();
        boolean ready = meta.getDeletionTimestamp() == null
                && orEmpty(status.getConditions()).stream()
                        .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
        List<String> addresses = new ArrayList<>();
        for (PodIP ip : orEmpty(status.getPodIPs())) {
            addresses.add(ip.getIp());
        }
        if (addresses.isEmpty()
                && status.getPodIP() != null
                && !status.getPodIP().isEmpty()) {
            addresses.add(status.getPodIP());
        }
        String phase = text(status.getPhase());
        return new PodInput(
                key(pod),
                text(meta.getUid()),
                copy(meta.getLabels()),
                copy(meta.getAnnotations()),
                serviceAccount(pod),
                text(pod.getSpec().getNodeName()),
                Boolean.TRUE.equals(pod.getSpec().getHostNetwork()),
                List.copyOf(addresses),
                ready,
                phase.equals("Succeeded") || phase.equals("Failed"),
                meta.getGenerateName() != null && !meta.getGenerateName().isEmpty(),
                owner(meta),
                namedPorts(pod));
    }

    static ServiceInput service(Service service) {
        ServiceSpec spec = service.getSpec();
        ObjectMeta meta = service.getMetadata();
        List<String> ips = orEmpty(spec.getClusterIPs());
        if (ips.isEmpty() && spec.getClusterIP() != null) {
            ips = List.of(spec.getClusterIP());
        }
        List<String> external = new ArrayList<>();
        var status = service.getStatus();
        if (status != null && status.getLoadBalancer() != null) {
            orEmpty(status.getLoadBalancer().getIngress())
                    .forEach(ingress ->
                            external.add(ingress.getIp() != null ? ingress.getIp() : text(ingress.getHostname())));
        }
        return new ServiceInput(
                key(service),
                text(meta.getUid()),
                text(meta.getCreationTimestamp()),
                copy(meta.getLabels()),
                copy(meta.getAnnotations()),
                spec.getType() == null ? "ClusterIP" : spec.getType(),
                List.copyOf(ips),
                List.copyOf(external),
                List.copyOf(orEmpty(spec.getIpFamilies())),
                orEmpty(spec.getPorts()).stream().map(Inputs::servicePort).toList(),
                copy(spec.getSelector()),
                Boolean.TRUE.equals(spec.getPublishNotReadyAddresses()),
                text(spec.getInternalTrafficPolicy()),
                text(spec.getTrafficDistribution()),
                Conditions.read(status == null ? List.of() : orEmpty(status.getConditions())));
    }

    static SliceInput slice(EndpointSlice slice) {
        return new SliceInput(
                key(slice),
                copy(slice.getMetadata().getLabels()).getOrDefault("kubernetes.io/service-name", ""),
                text(slice.getAddressType()),
                orEmpty(slice.getPorts()).stream()
                        .filter(port -> port.getPort() != null)
                        .map(port -> new SliceInput.SlicePort(
                                text(port.getName()), port.getPort(), protocol(port.getProtocol())))
                        .toList(),
                orEmpty(slice.getEndpoints()).stream()
                        .map(e -> endpoint(slice, e))
                        .toList());
    }

    static NamespaceInput namespace(Namespace namespace) {
        ObjectMeta meta = namespace.getMetadata();
        return new NamespaceInput(meta.getName(), copy(meta.getLabels()), copy(meta.getAnnotations()));
    }

    static NodeInput node(Node node) {
        Map<String, String> labels = copy(node.getMetadata().getLabels());
        return new NodeInput(
                node.getMetadata().getName(),
                labels.getOrDefault("topology.kubernetes.io/region", ""),
                labels.getOrDefault("topology.kubernetes.io/zone", ""),
                labels.getOrDefault("topology.istio.io/subzone", ""));
    }

    static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    static Map<String, String> copy(@Nullable Map<String, String> map) {
        return map == null ? Map.of() : Map.copyOf(map);
    }

    static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String serviceAccount(Pod pod) {
        String name = text(pod.getSpec().getServiceAccountName());
        return name.isEmpty() ? "default" : name;
    }

    private static PodInput.@Nullable Owner owner(ObjectMeta meta) {
        for (OwnerReference owner : orEmpty(meta.getOwnerReferences())) {
            if (Boolean.TRUE.equals(owner.getController())) {
                return new PodInput.Owner(owner.getKind(), owner.getName());
            }
        }
        return null;
    }

    // Init containers count only when they go on running beside the others.
    private static Map<String, Integer> namedPorts(Pod pod) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        orEmpty(pod.getSpec().getContainers()).forEach(container -> add(ports, container));
        orEmpty(pod.getSpec().getInitContainers()).stream()
                .filter(container -> "Always".equals(container.getRestartPolicy()))
                .forEach(container -> add(ports, container));
        return Map.copyOf(ports);
    }

    private static void add(Map<String, Integer> ports, Container container) {
        for (ContainerPort port : orEmpty(container.getPorts())) {
            if (port.getName() != null && protocol(port.getProtocol()).equals("TCP")) {
                ports.putIfAbsent(port.getName(), port.getContainerPort());
            }
        }
    }

    private static ServiceInput.ServicePort servicePort(ServicePort port) {
        IntOrString target = port.getTargetPort();
        String name = target == null ? null : target.getStrVal();
        int number =
                target == null || target.getIntVal() == null ? (name == null ? port.getPort() : 0) : target.getIntVal();
        if (number == 0 && name == null) {
            number = port.getPort();
        }
        return new ServiceInput.ServicePort(
                text(port.getName()),
                port.getPort(),
                protocol(port.getProtocol()),
                port.getAppProtocol(),
                name,
                number);
    }

    private static SliceInput.Endpoint endpoint(EndpointSlice slice, Endpoint endpoint) {
        ObjectReference target = endpoint.getTargetRef();
        boolean isPod = target != null && "Pod".equals(target.getKind());
        String namespace = target == null || target.getNamespace() == null
                ? slice.getMetadata().getNamespace()
                : target.getNamespace();
        boolean ready = endpoint.getConditions() == null
                || !Boolean.FALSE.equals(endpoint.getConditions().getReady());
        return new SliceInput.Endpoint(
                List.copyOf(orEmpty(endpoint.getAddresses())),
                ready,
                isPod ? new NamespacedName(namespace, target.getName()) : null,
                isPod ? text(target.getUid()) : "");
    }

    private static String protocol(@Nullable String protocol) {
        return protocol == null || protocol.isEmpty() ? "TCP" : protocol;
    }
}
