package io.periplus.model.authn;

import io.periplus.api.security.RequestAuthentication.JwtRule;
import java.util.Optional;

/**
 * Where the keys of an issuer are published.
 *
 * @param url       of the keys, or the issuer
 * @param discovery whether the issuer's {@code /.well-known/openid-configuration} says where the keys are
 */
public record KeySource(String url, boolean discovery) {

    /** The source that a rule needs; empty where the rule holds its keys, or is wrong. */
    public static Optional<KeySource> of(JwtRule rule) {
        if (!rule.jwks().isEmpty() || !rule.problems().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                rule.jwksUri().isEmpty() ? new KeySource(rule.issuer(), true) : new KeySource(rule.jwksUri(), false));
    }

    @Override
    public String toString() {
        return discovery ? "the discovery document of " + url : url;
    }
}
