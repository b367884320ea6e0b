package io.periplus.model.input;

import io.periplus.api.NamespacedName;

/**
 * A Secret of type {@code kubernetes.io/tls}. Its text shows no key.
 *
 * @param certificateChain PEM, the server's certificate first
 * @param privateKey       PEM, PKCS #8
 * @param problem          why the pair cannot be used; empty when it can
 */
public record SecretInput(NamespacedName key, String certificateChain, String privateKey, String problem) {
    @Override
    public String toString() {
        return "Secret " + key + (problem.isEmpty() ? "" : " (" + problem + ")");
    }
}
