package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An EndpointSlice.
 *
 * @param service     label {@code kubernetes.io/service-name}; empty when it has none
 * @param addressType {@code IPv4}, {@code IPv6} or {@code FQDN}
 */
public record SliceInput(
        NamespacedName key, String service, String addressType, List<SlicePort> ports, List<Endpoint> endpoints) {

    /** A port of every endpoint of the slice, named as the Service's port. */
    public record SlicePort(String name, int port, String protocol) {}

    /**
     * An endpoint.
     *
     * @param pod    the pod it targets; null when it is no pod
     * @param podUid empty when it is no pod
     */
    public record Endpoint(
            List<String> addresses, boolean ready, @Nullable NamespacedName pod, String podUid) {}
}
