package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.periplus.controlplane.ca.TlsMaterial;
import io.periplus.model.input.CertificateBundleInput;
import io.periplus.model.input.SecretInput;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** From Secrets and ConfigMaps to what the index reads of them: checked once, when they come. */
final class TlsInputs {
    /** The type of the Secrets that hold a certificate and its key. */
    static final String SECRET_TYPE = "kubernetes.io/tls";

    /** Under which ConfigMaps hold the certificates of authorities. */
    static final String CA_KEY = "ca.crt";

    private TlsInputs() {}

    static boolean isTls(GenericKubernetesResource secret) {
        return Inputs.body(secret).text("type").equals(SECRET_TYPE);
    }

    static SecretInput secret(GenericKubernetesResource secret) {
        Tree data = Inputs.body(secret).at("data");
        String chain = decode(data.text("tls.crt"));
        String key = decode(data.text("tls.key"));
        return new SecretInput(Inputs.key(secret), chain, TlsMaterial.pkcs8(key), TlsMaterial.pairProblem(chain, key));
    }

    static boolean hasAuthorities(GenericKubernetesResource configMap) {
        return Inputs.body(configMap).at("data").has(CA_KEY);
    }

    static CertificateBundleInput authorities(GenericKubernetesResource configMap) {
        String certificates = Inputs.body(configMap).at("data").text(CA_KEY);
        return new CertificateBundleInput(
                Inputs.key(configMap), certificates, TlsMaterial.certificatesProblem(CA_KEY, certificates));
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
