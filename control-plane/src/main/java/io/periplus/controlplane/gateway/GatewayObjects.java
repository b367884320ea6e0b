package io.periplus.controlplane.gateway;

import static io.periplus.controlplane.gateway.Json.object;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.periplus.api.Annotations;
import io.periplus.api.Labels;
import io.periplus.model.MeshSettings;
import io.periplus.model.gateway.DeploymentWish;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.proxy.ProxyNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a Gateway's proxy: ServiceAccount, Deployment and Service, and those that are there only where an overlay
 * asks for them, in the order in which they are applied. They are
 * built as plain JSON; the typed classes of a pod would cost more memory than all the rest of the control plane.
 *
 * @param image   of the proxy's container
 * @param network of proxies where the cluster's network has no name
 * @param environment more of it, for the proxies of all Gateways
 */
public record GatewayObjects(MeshSettings mesh, String image, String network, Map<String, String> environment) {
    private static final int STATUS_PORT = 15021;
    private static final int PORT_NAME_MAX = 63;

    /** All of them, owned by the Gateway. */
    public List<GenericKubernetesResource> of(DeploymentWish wish) {
        Map<String, Object> labels = labels(wish);
        Map<String, Object> selector =
                object(Labels.GATEWAY_NAME, ProxyNames.label(wish.gateway().name()));
        ProxyPod pod = new ProxyPod(mesh, wish, image, networkOf(wish), environment);
        List<GenericKubernetesResource> objects = new ArrayList<>(List.of(
                resource("v1", "ServiceAccount", meta(wish, wish.serviceAccount()), null),
                resource(
                        "apps/v1",
                        "Deployment",
                        meta(wish, wish.name()),
                        object("selector", object("matchLabels", selector), "template", pod.template(labels))),
                service(wish, selector)));
        if (overlaid(wish, "horizontalPodAutoscaler")) {
            Map<String, Object> target = object("apiVersion", "apps/v1", "kind", "Deployment", "name", wish.name());
            objects.add(resource(
                    "autoscaling/v2",
                    "HorizontalPodAutoscaler",
                    meta(wish, wish.name()),
                    object("scaleTargetRef", target, "maxReplicas", 1)));
        }
        if (overlaid(wish, "podDisruptionBudget")) {
            objects.add(resource(
                    "policy/v1",
                    "PodDisruptionBudget",
                    meta(wish, wish.name()),
                    object("selector", object("matchLabels", selector))));
        }
        return objects;
    }

    private static boolean overlaid(DeploymentWish wish, String key) {
        return wish.parameters().stream()
                .anyMatch(parameters -> parameters.overlays().containsKey(key));
    }

    private GenericKubernetesResource service(DeploymentWish wish, Map<String, Object> selector) {
        ObjectMeta meta = meta(wish, wish.name());
        Map<String, String> annotations = new LinkedHashMap<>(wish.annotations());
        annotations.put(Annotations.TRAFFIC_DISTRIBUTION, "PreferClose");
        meta.setAnnotations(annotations);
        Map<String, Object> spec = object(
                "type",
                wish.serviceType(),
                "ipFamilyPolicy",
                "PreferDualStack",
                "selector",
                selector,
                "ports",
                ports(wish));
        if (wish.serviceType().equals("LoadBalancer") && wish.addresses().size() == 1) {
            spec.put("loadBalancerIP", wish.addresses().getFirst());
        }
        return resource("v1", "Service", meta, spec);
    }

    private static List<Object> ports(DeploymentWish wish) {
        Map<Integer, Object> ports = new LinkedHashMap<>();
        ports.put(STATUS_PORT, port("status-port", STATUS_PORT, "tcp"));
        Set<String> names = new HashSet<>(Set.of("status-port"));
        for (GatewayInput.Listener listener : wish.listeners()) {
            if (!ports.containsKey(listener.port())) {
                ports.put(
                        listener.port(),
                        port(
                                unique(listener.name().replace('.', '-'), listener.port(), names),
                                listener.port(),
                                listener.protocol().toLowerCase(Locale.ROOT)));
            }
        }
        return new ArrayList<>(ports.values());
    }

    // Listeners of several ListenerSets may have one name.
    private static String unique(String name, int port, Set<String> taken) {
        String wanted = name.length() <= PORT_NAME_MAX && !taken.contains(name)
                ? name
                : name.substring(0, Math.min(name.length(), PORT_NAME_MAX - 6)) + "-" + port;
        taken.add(wanted);
        return wanted;
    }

    private static Map<String, Object> port(String name, int port, String appProtocol) {
        return object("name", name, "port", port, "protocol", "TCP", "appProtocol", appProtocol);
    }

    private Map<String, Object> labels(DeploymentWish wish) {
        Map<String, Object> labels = new LinkedHashMap<>(wish.labels());
        labels.put(Labels.GATEWAY_NAME, ProxyNames.label(wish.gateway().name()));
        labels.put(Labels.GATEWAY_CLASS_NAME, wish.className());
        labels.put(Labels.GATEWAY_MANAGED, wish.kind().managed());
        if (wish.kind().networked() && !networkOf(wish).isEmpty()) {
            labels.put(Labels.NETWORK, networkOf(wish));
        }
        return labels;
    }

    private String networkOf(DeploymentWish wish) {
        return wish.network().isEmpty() ? network : wish.network();
    }

    private ObjectMeta meta(DeploymentWish wish, String name) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels(wish).forEach((key, value) -> labels.put(key, String.valueOf(value)));
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(wish.gateway().namespace())
                .withLabels(labels)
                .withAnnotations(wish.annotations().isEmpty() ? null : wish.annotations())
                .addNewOwnerReference()
                .withApiVersion("gateway.networking.k8s.io/v1")
                .withKind("Gateway")
                .withName(wish.gateway().name())
                .withUid(wish.gatewayUid())
                .endOwnerReference()
                .build();
    }

    private static GenericKubernetesResource resource(
            String apiVersion, String kind, ObjectMeta meta, @Nullable Object spec) {
        GenericKubernetesResource resource = new GenericKubernetesResource();
        resource.setApiVersion(apiVersion);
        resource.setKind(kind);
        resource.setMetadata(meta);
        if (spec != null) {
            resource.setAdditionalProperty("spec", spec);
        }
        return resource;
    }
}
