package io.periplus.model.input;

import io.periplus.api.NamespacedName;

/**
 * A Secret with what TLS to a server needs: the client's certificate and key, the authorities, or both. Its text shows no key.
 *
 * @param certificateChain PEM; empty when it holds none
 * @param privateKey       PEM; empty when it holds none
 * @param authorities      PEM; empty when it holds none
 * @param problem          why the pair or the authorities cannot be used; empty when they can
 */
public record CredentialInput(
        NamespacedName key, String certificateChain, String privateKey, String authorities, String problem) {
    @Override
    public String toString() {
        return "Secret " + key + (problem.isEmpty() ? "" : " (" + problem + ")");
    }
}
