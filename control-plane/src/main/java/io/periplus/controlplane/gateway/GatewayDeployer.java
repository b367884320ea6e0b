package io.periplus.controlplane.gateway;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.periplus.api.Annotations;
import io.periplus.api.Labels;
import io.periplus.api.NamespacedName;
import io.periplus.controlplane.Reconciler;
import io.periplus.controlplane.kube.Applies;
import io.periplus.controlplane.kube.Kinds;
import io.periplus.model.collection.Change;
import io.periplus.model.gateway.DeploymentWish;
import io.periplus.model.gateway.DeploymentWishes;
import io.periplus.model.proxy.ProxyNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deploys what Gateways ask for. An object of the wanted name that was not made for a Gateway is never touched; the
 * Gateway's status then says so. Nothing is ever deleted here: everything is owned by its Gateway.
 *
 * <p>What was applied is remembered, so that a field that is no longer wished for is given up as well: a live object that has
 * more than is wished for tells nothing about who wants the rest.
 */
public final class GatewayDeployer {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayDeployer.class);

    /** The field manager of everything about Gateways. */
    public static final String MANAGER = "istio.io/gateway-controller";

    /** Receives what is wrong with a Gateway's deployment; null when nothing is. */
    public interface Problems {
        /** Something of the cluster is in the way. */
        void notDeployed(NamespacedName gateway, @Nullable String problem);

        /** An overlay cannot be applied. */
        void invalidParameters(NamespacedName gateway, @Nullable String problem);
    }

    private record ObjectName(String kind, NamespacedName name) {}

    private final GatewayObjects objects;
    private final Applies applies;
    private final KubernetesSerialization json;
    private final Problems problems;
    private final Overlays overlays;
    private final Map<NamespacedName, DeploymentWish> wishes = new ConcurrentHashMap<>();
    /** By Gateway, so that it is bounded by what is wished for. */
    private final Map<NamespacedName, Map<ObjectName, Map<?, ?>>> applied = new ConcurrentHashMap<>();

    private final Reconciler<NamespacedName> reconciler = new Reconciler<>("gateway-deployment", this::reconcile);

    public GatewayDeployer(GatewayObjects objects, Applies applies, KubernetesSerialization json, Problems problems) {
        this.objects = objects;
        this.applies = applies;
        this.json = json;
        this.problems = problems;
        this.overlays = new Overlays(json);
    }

    /** What does the work. */
    public Reconciler<NamespacedName> reconciler() {
        return reconciler;
    }

    /** Takes note of changed wishes. */
    public void changed(Map<NamespacedName, Change<DeploymentWish>> changes) {
        changes.forEach((gateway, change) -> {
            if (change.after() == null) {
                wishes.remove(gateway);
                applied.remove(gateway);
            } else {
                wishes.put(gateway, change.after());
                reconciler.enqueue(gateway);
            }
        });
    }

    /** Takes note of an object of a Gateway that came, changed or went. */
    public void objectChanged(GenericKubernetesResource object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        // Of an object that is gone only the name is known.
        String gateway = labels == null ? null : labels.get(Labels.GATEWAY_NAME);
        String namespace = object.getMetadata().getNamespace();
        String name = object.getMetadata().getName();
        wishes.values().stream()
                .filter(wish -> wish.gateway().namespace().equals(namespace))
                .filter(wish -> gateway != null
                        ? ProxyNames.label(wish.gateway().name()).equals(gateway)
                        : wish.name().equals(name) || wish.serviceAccount().equals(name))
                .forEach(wish -> reconciler.enqueue(wish.gateway()));
    }

    private void reconcile(NamespacedName gateway) {
        DeploymentWish wish = wishes.get(gateway);
        if (wish == null) {
            return;
        }
        if (objects.image().isEmpty()) {
            problems.notDeployed(
                    gateway,
                    "nothing is deployed: the control plane was not told which image waypoints have (WAYPOINT_IMAGE)");
            return;
        }
        List<GenericKubernetesResource> wanted = overlaid(wish);
        if (wanted == null) {
            return;
        }
        Map<ObjectName, Map<?, ?>> before = applied.computeIfAbsent(gateway, ignored -> new ConcurrentHashMap<>());
        List<GenericKubernetesResource> outdated = new ArrayList<>();
        for (GenericKubernetesResource object : wanted) {
            GenericKubernetesResource live = applies.get(object);
            if (live != null && isForeign(live)) {
                problems.notDeployed(gateway, clash(object));
                return;
            }
            Map<?, ?> tree = tree(object);
            if (live == null || !tree.equals(before.get(nameOf(object))) || !Subset.contains(tree(live), tree)) {
                outdated.add(object);
            }
        }
        // The objects of a deleted Gateway are collected at once; without this look they could be made again before the
        // watch tells that the Gateway is gone.
        if (!outdated.isEmpty() && !applies.exists(Kinds.GATEWAY, gateway, wish.gatewayUid())) {
            return;
        }
        for (GenericKubernetesResource object : outdated) {
            LOG.info(
                    "applying {} {} for Gateway {}",
                    object.getKind(),
                    object.getMetadata().getName(),
                    gateway);
            applies.apply(object, MANAGER);
            before.put(nameOf(object), tree(object));
        }
        if (!wish.marked()) {
            applies.annotate(
                    Kinds.GATEWAY,
                    gateway,
                    Annotations.GATEWAY_CONTROLLER_VERSION,
                    String.valueOf(DeploymentWishes.CONTROLLER_VERSION));
        }
        problems.notDeployed(gateway, null);
    }

    /** The objects with the user's overlays; null when one cannot be applied, which is reported. */
    private @Nullable List<GenericKubernetesResource> overlaid(DeploymentWish wish) {
        List<GenericKubernetesResource> result = new ArrayList<>();
        try {
            for (GenericKubernetesResource object : objects.of(wish)) {
                result.add(overlays.apply(object, wish.parameters()));
            }
        } catch (Overlays.InvalidException e) {
            problems.invalidParameters(wish.gateway(), e.getMessage());
            return null;
        }
        problems.invalidParameters(wish.gateway(), null);
        return result;
    }

    private static ObjectName nameOf(GenericKubernetesResource object) {
        return new ObjectName(
                object.getKind(),
                new NamespacedName(
                        object.getMetadata().getNamespace(),
                        object.getMetadata().getName()));
    }

    private static boolean isForeign(GenericKubernetesResource live) {
        Map<String, String> labels = live.getMetadata().getLabels();
        return labels == null || !labels.containsKey(Labels.GATEWAY_MANAGED);
    }

    private static String clash(GenericKubernetesResource object) {
        return "nothing is deployed: there is a " + object.getKind() + " "
                + object.getMetadata().getNamespace() + "/"
                + object.getMetadata().getName()
                + " that was not made for a Gateway (it has no label " + Labels.GATEWAY_MANAGED
                + "); rename the Gateway, or remove the " + object.getKind();
    }

    private Map<?, ?> tree(GenericKubernetesResource object) {
        return json.unmarshal(json.asJson(object), Map.class);
    }
}
