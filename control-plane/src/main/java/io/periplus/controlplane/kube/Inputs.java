package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.periplus.api.NamespacedName;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.NodeInput;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.SliceInput;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From core objects to what the index reads of them. */
public final class Inputs {
    private Inputs() {}

    /** The name of an object. */
    public static NamespacedName key(HasMetadata object) {
        ObjectMeta meta = object.getMetadata();
        return new NamespacedName(text(meta.getNamespace()), meta.getName());
    }

    static PodInput pod(GenericKubernetesResource pod) {
        Tree spec = body(pod).at("spec");
        Tree status = body(pod).at("status");
        ObjectMeta meta = pod.getMetadata();
        boolean ready = meta.getDeletionTimestamp() == null
                && status.list("conditions").stream()
                        .anyMatch(c -> c.text("type").equals("Ready")
                                && c.text("status").equals("True"));
        List<String> addresses =
                status.list("podIPs").stream().map(ip -> ip.text("ip")).toList();
        if (addresses.isEmpty() && !status.text("podIP").isEmpty()) {
            addresses = List.of(status.text("podIP"));
        }
        String phase = status.text("phase");
        return new PodInput(
                key(pod),
                text(meta.getUid()),
                copy(meta.getLabels()),
                copy(meta.getAnnotations()),
                spec.text("serviceAccountName", "default"),
                spec.text("nodeName"),
                spec.flag("hostNetwork"),
                addresses,
                ready,
                phase.equals("Succeeded") || phase.equals("Failed"),
                meta.getGenerateName() != null && !meta.getGenerateName().isEmpty(),
                owner(meta),
                namedPorts(spec));
    }

    static ServiceInput service(GenericKubernetesResource service) {
        Tree spec = body(service).at("spec");
        Tree status = body(service).at("status");
        ObjectMeta meta = service.getMetadata();
        List<String> ips = spec.texts("clusterIPs");
        if (ips.isEmpty() && spec.has("clusterIP")) {
            ips = List.of(spec.text("clusterIP"));
        }
        return new ServiceInput(
                key(service),
                text(meta.getUid()),
                text(meta.getCreationTimestamp()),
                copy(meta.getLabels()),
                copy(meta.getAnnotations()),
                spec.text("type", "ClusterIP"),
                ips,
                status.at("loadBalancer").list("ingress").stream()
                        .map(ingress -> ingress.text("ip", ingress.text("hostname")))
                        .toList(),
                spec.texts("ipFamilies"),
                spec.list("ports").stream().map(Inputs::servicePort).toList(),
                spec.textMap("selector"),
                spec.flag("publishNotReadyAddresses"),
                spec.text("internalTrafficPolicy"),
                spec.text("trafficDistribution"),
                Conditions.read(status));
    }

    static SliceInput slice(GenericKubernetesResource slice) {
        Tree body = body(slice);
        return new SliceInput(
                key(slice),
                copy(slice.getMetadata().getLabels()).getOrDefault("kubernetes.io/service-name", ""),
                body.text("addressType"),
                body.list("ports").stream()
                        .filter(port -> port.has("port"))
                        .map(port -> new SliceInput.SlicePort(
                                port.text("name"), port.number("port"), port.text("protocol", "TCP")))
                        .toList(),
                body.list("endpoints").stream().map(e -> endpoint(slice, e)).toList());
    }

    static NamespaceInput namespace(GenericKubernetesResource namespace) {
        ObjectMeta meta = namespace.getMetadata();
        return new NamespaceInput(meta.getName(), copy(meta.getLabels()), copy(meta.getAnnotations()));
    }

    static NodeInput node(GenericKubernetesResource node) {
        Map<String, String> labels = copy(node.getMetadata().getLabels());
        return new NodeInput(
                node.getMetadata().getName(),
                labels.getOrDefault("topology.kubernetes.io/region", ""),
                labels.getOrDefault("topology.kubernetes.io/zone", ""),
                labels.getOrDefault("topology.istio.io/subzone", ""));
    }

    /** Everything of an object beside its metadata. */
    static Tree body(GenericKubernetesResource object) {
        return Tree.of(object.getAdditionalProperties());
    }

    static Map<String, String> copy(@Nullable Map<String, String> map) {
        return map == null ? Map.of() : Map.copyOf(map);
    }

    static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static PodInput.@Nullable Owner owner(ObjectMeta meta) {
        for (OwnerReference owner : meta.getOwnerReferences()) {
            if (Boolean.TRUE.equals(owner.getController())) {
                return new PodInput.Owner(owner.getKind(), owner.getName());
            }
        }
        return null;
    }

    // Init containers count only when they go on running beside the others.
    private static Map<String, Integer> namedPorts(Tree spec) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        spec.list("containers").forEach(container -> add(ports, container));
        spec.list("initContainers").stream()
                .filter(container -> container.text("restartPolicy").equals("Always"))
                .forEach(container -> add(ports, container));
        return Map.copyOf(ports);
    }

    private static void add(Map<String, Integer> ports, Tree container) {
        for (Tree port : container.list("ports")) {
            if (port.has("name") && port.text("protocol", "TCP").equals("TCP")) {
                ports.putIfAbsent(port.text("name"), port.number("containerPort"));
            }
        }
    }

    private static ServiceInput.ServicePort servicePort(Tree port) {
        String name = port.textOrNull("targetPort");
        int target = port.number("targetPort");
        return new ServiceInput.ServicePort(
                port.text("name"),
                port.number("port"),
                port.text("protocol", "TCP"),
                port.textOrNull("appProtocol"),
                name,
                name == null && target == 0 ? port.number("port") : target);
    }

    private static SliceInput.Endpoint endpoint(GenericKubernetesResource slice, Tree endpoint) {
        Tree target = endpoint.at("targetRef");
        boolean isPod = target.text("kind").equals("Pod");
        String namespace = target.text("namespace", slice.getMetadata().getNamespace());
        return new SliceInput.Endpoint(
                endpoint.texts("addresses"),
                !endpoint.at("conditions").denied("ready"),
                isPod ? new NamespacedName(namespace, target.text("name")) : null,
                isPod ? target.text("uid") : "");
    }
}
