package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.periplus.controlplane.ca.CaException;
import io.periplus.controlplane.ca.SelfSignedCa;
import io.periplus.controlplane.ca.SigningBundle;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The self-signed root in its Secret; the first control plane that comes makes it, the others read it. */
public final class CaSecret {
    private static final int CONFLICT = 409;

    private final KubernetesClient client;
    private final String namespace;
    private final String trustDomain;
    private final Clock clock;

    public CaSecret(KubernetesClient client, String namespace, String trustDomain, Clock clock) {
        this.client = client;
        this.namespace = namespace;
        this.trustDomain = trustDomain;
        this.clock = clock;
    }

    /** The bundle, made if there is none. */
    public SigningBundle load() throws CaException {
        Secret found = read();
        if (found == null) {
            Map<String, String> made = SelfSignedCa.generate(trustDomain, clock);
            try {
                client.secrets().inNamespace(namespace).resource(secret(made)).create();
                return SelfSignedCa.load(made);
            } catch (KubernetesClientException e) {
                if (e.getCode() != CONFLICT) {
                    throw e;
                }
                found = read();
            }
        }
        Map<String, String> texts = new LinkedHashMap<>();
        if (found != null && found.getData() != null) {
            found.getData()
                    .forEach((key, value) ->
                            texts.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        }
        return SelfSignedCa.load(texts);
    }

    private @Nullable Secret read() {
        return client.secrets()
                .inNamespace(namespace)
                .withName(SelfSignedCa.SECRET)
                .get();
    }

    private Secret secret(Map<String, String> texts) {
        Map<String, String> data = new LinkedHashMap<>();
        texts.forEach((key, value) ->
                data.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return new SecretBuilder()
                .withNewMetadata()
                .withName(SelfSignedCa.SECRET)
                .withNamespace(namespace)
                .endMetadata()
                .withType(SelfSignedCa.SECRET_TYPE)
                .withData(data)
                .build();
    }
}
