package io.periplus.model.mesh;

import io.periplus.wire.waypoint.ExtensionProvider;

/**
 * An extension provider as it was written.
 *
 * @param service {@code hostname} or {@code namespace/hostname}; empty where the message says why it is unusable
 * @param message everything but the service
 */
public record ProviderInput(String service, ExtensionProvider message) {
    /** One that cannot be asked. */
    public static ProviderInput unusable(String name, String why) {
        return new ProviderInput(
                "",
                ExtensionProvider.newBuilder().setName(name).setUnusable(why).build());
    }
}
