package io.periplus.model.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.route.ParentKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Gateway of class {@code istio} with all that listens for it.
 *
 * @param listeners         its own, then those of its ListenerSets, oldest set first
 * @param permittedSets     ListenerSets that the Gateway allows
 * @param clientCertificate Secret to present to TLS backends; null for none
 * @param clientProblem     why the wanted Secret cannot be presented; null when it can, or none is wanted
 * @param insecureClients   whether somewhere clients without a valid certificate pass although certificates are asked for
 */
public record EdgeGateway(
        NamespacedName key,
        List<EdgeListener> listeners,
        List<NamespacedName> permittedSets,
        @Nullable NamespacedName clientCertificate,
        References.@Nullable Problem clientProblem,
        boolean insecureClients) {

    /** The listeners that the Gateway itself or one of its ListenerSets lists. */
    public List<EdgeListener> of(ParentKey owner) {
        return listeners.stream()
                .filter(listener -> listener.owner().equals(owner))
                .toList();
    }

    /** The listeners that are accepted, also those of sets. */
    public List<GatewayInput.Listener> served() {
        return listeners.stream()
                .filter(EdgeListener::isAccepted)
                .map(EdgeListener::spec)
                .toList();
    }
}
