package io.periplus.model.input;

import io.periplus.api.NamespacedName;

/**
 * A Secret with what a connection to a server needs: the client's certificate and key, the authorities, a password. Its text
 * shows neither key nor password.
 *
 * @param certificateChain PEM; empty when it holds none
 * @param privateKey       PEM; empty when it holds none
 * @param authorities      PEM; empty when it holds none
 * @param username         empty when it holds none
 * @param password         empty when it holds none
 * @param problem          why the pair or the authorities cannot be used; empty when they can
 */
public record CredentialInput(
        NamespacedName key,
        String certificateChain,
        String privateKey,
        String authorities,
        String username,
        String password,
        String problem) {
    @Override
    public String toString() {
        return "Secret " + key + (problem.isEmpty() ? "" : " (" + problem + ")");
    }
}
