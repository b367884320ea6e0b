package io.periplus.model.gateway;

import io.periplus.api.Annotations;
import io.periplus.api.Labels;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.Address;
import io.periplus.model.proxy.ProxyKind;
import io.periplus.model.proxy.ProxyNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** From Gateways to {@link DeploymentWish}es. */
public final class DeploymentWishes {
    /** The version of the controller; a Gateway that a later one manages is left alone. */
    public static final int CONTROLLER_VERSION = 5;

    private static final Set<String> NOT_COPIED = Set.of(
            "kubectl.kubernetes.io/last-applied-configuration",
            Annotations.GATEWAY_NAME_OVERRIDE,
            Annotations.GATEWAY_SERVICE_ACCOUNT,
            Annotations.GATEWAY_CONTROLLER_VERSION);

    private DeploymentWishes() {}

    /**
     * The wish of a Gateway; null when nothing is deployed for it: it is of another controller, or deployed by hand.
     *
     * @param controller of its class
     * @param parameters overlays of the objects
     * @param listeners  that the Service is to have ports for
     * @param environment of the proxy, as the mesh configuration sets it
     * @param copies     whether the objects have the Gateway's own labels and annotations where it says no others
     */
    public static @Nullable DeploymentWish derive(
            String network,
            GatewayInput gateway,
            String controller,
            List<GatewayInput.Listener> listeners,
            List<Parameters> parameters,
            Map<String, String> environment,
            boolean copies) {
        ProxyKind kind = ProxyKind.of(controller);
        if (kind == null || byHand(gateway) || ofLaterController(gateway)) {
            return null;
        }
        GatewayInput.Infrastructure infrastructure = gateway.infrastructure();
        Map<String, String> ownLabels = copies ? gateway.labels() : Map.of();
        Map<String, String> ownAnnotations = copies ? gateway.annotations() : Map.of();
        Map<String, String> labels = infrastructure == null ? ownLabels : infrastructure.labels();
        Map<String, String> annotations = infrastructure == null ? ownAnnotations : infrastructure.annotations();
        return new DeploymentWish(
                gateway.key(),
                gateway.uid(),
                gateway.className(),
                kind,
                ProxyNames.deployed(gateway, controller),
                ProxyNames.serviceAccount(gateway, controller),
                gateway.annotations().getOrDefault(Annotations.SERVICE_TYPE, kind.serviceType()),
                without(labels, key -> key.startsWith("gateway.networking.k8s.io/")),
                without(annotations, NOT_COPIED::contains),
                labels.getOrDefault(Labels.NETWORK, network),
                gateway.addresses().stream()
                        .filter(address -> address.type().equals("IPAddress"))
                        .map(Address::value)
                        .filter(value -> !value.isEmpty())
                        .toList(),
                listeners,
                parameters,
                environment,
                String.valueOf(CONTROLLER_VERSION)
                        .equals(gateway.annotations().get(Annotations.GATEWAY_CONTROLLER_VERSION)));
    }

    /** Whether the user deploys the Gateway: a host name, or more than one address. */
    public static boolean byHand(GatewayInput gateway) {
        List<Address> addresses = gateway.addresses();
        return addresses.size() > 1
                || addresses.stream()
                        .anyMatch(a -> !a.type().equals("IPAddress")
                                && !(a.type().equals("Hostname") && a.value().isEmpty()));
    }

    private static boolean ofLaterController(GatewayInput gateway) {
        String version = gateway.annotations().get(Annotations.GATEWAY_CONTROLLER_VERSION);
        if (version == null) {
            return false;
        }
        try {
            return Integer.parseInt(version) > CONTROLLER_VERSION;
        } catch (NumberFormatException e) {
            return true;
        }
    }

    private static Map<String, String> without(Map<String, String> map, Predicate<String> leftOut) {
        Map<String, String> kept = new HashMap<>(map);
        kept.keySet().removeIf(leftOut);
        return Map.copyOf(kept);
    }
}
