package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.periplus.controlplane.ca.TlsMaterial;
import io.periplus.model.input.CredentialInput;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** From Secrets that DestinationRules and RateLimitPolicies may name to what the index reads of them: checked once, when they come. */
final class CredentialInputs {
    /** Secrets of other types are not looked at. */
    static final List<String> SECRET_TYPES = List.of("kubernetes.io/tls", "Opaque");

    private CredentialInputs() {}

    static boolean isCredential(GenericKubernetesResource secret, String type) {
        Tree body = Inputs.body(secret);
        Tree data = body.at("data");
        return body.text("type").equals(type)
                && (data.has("tls.crt")
                        || data.has("cert")
                        || data.has("ca.crt")
                        || data.has("cacert")
                        || data.has("password"));
    }

    static CredentialInput credential(GenericKubernetesResource secret) {
        Tree data = Inputs.body(secret).at("data");
        String chain = either(data, "tls.crt", "cert");
        String key = either(data, "tls.key", "key");
        String authorities = either(data, "ca.crt", "cacert");
        String problem = chain.isEmpty() ? "" : TlsMaterial.pairProblem(chain, key);
        if (problem.isEmpty() && !authorities.isEmpty()) {
            problem = TlsMaterial.certificatesProblem("ca.crt", authorities);
        }
        return new CredentialInput(
                Inputs.key(secret),
                chain,
                key,
                authorities,
                decode(data.text("username")),
                decode(data.text("password")),
                problem);
    }

    private static String either(Tree data, String one, String other) {
        return decode(data.has(one) ? data.text(one) : data.text(other));
    }

    // What is not Base64 is reported as holding no certificate.
    private static String decode(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
