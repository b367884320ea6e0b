package io.periplus.dataplane.policy;

import io.periplus.api.SpiffeId;
import org.jspecify.annotations.Nullable;

/** Reads parts of the client's identity. */
final class Attributes {
    private Attributes() {}

    /** The client's namespace; empty for a client without identity, as ztunnel's policies compare it. */
    static String namespaceOrEmpty(RequestAttributes attributes) {
        SpiffeId client = attributes.client();
        return client == null ? "" : client.namespace();
    }

    /** The client's namespace; {@code null} for a client without identity. */
    static @Nullable String namespace(RequestAttributes attributes) {
        SpiffeId client = attributes.client();
        return client == null ? null : client.namespace();
    }

    /** The client's trust domain; {@code null} for a client without identity. */
    static @Nullable String trustDomain(RequestAttributes attributes) {
        SpiffeId client = attributes.client();
        return client == null ? null : client.trustDomain();
    }
}
