package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import io.periplus.model.MeshSettings;
import io.periplus.wire.waypoint.TrafficPolicy;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A DestinationRule.
 *
 * @param created   RFC 3339; empty when not known
 * @param host      in lower case; may begin with {@code *}
 * @param allPorts  null when it has no policy
 * @param ports     of the service, with the policies that replace the one for all
 * @param subsets   their names; only a VirtualService could send traffic to them
 * @param exportTo  namespaces, {@code .} or {@code *}; empty for all
 * @param selective whether it is for some pods of its namespace only
 * @param problems  what cannot be applied of it, for its author
 */
public record DestinationRuleInput(
        NamespacedName key,
        long generation,
        String created,
        String host,
        @Nullable Traffic allPorts,
        Map<Integer, Traffic> ports,
        List<String> subsets,
        List<String> exportTo,
        boolean selective,
        List<String> problems) {

    /**
     * A traffic policy.
     *
     * @param policy everything but TLS, as proxies receive it
     * @param tls    null when the policy says nothing about it
     */
    public record Traffic(TrafficPolicy policy, @Nullable Tls tls) {}

    /**
     * TLS to the application.
     *
     * @param mode           {@code DISABLE}, {@code SIMPLE}, {@code MUTUAL} or {@code ISTIO_MUTUAL}
     * @param credentialName of a Secret in the proxy's namespace; empty for files
     */
    public record Tls(
            String mode,
            String credentialName,
            String clientCertificate,
            String privateKey,
            String caCertificates,
            String sni,
            List<String> subjectAltNames,
            boolean insecureSkipVerify) {}

    /** The host in full: a name without dots is a Service of the rule's own namespace. */
    public String fullHost(MeshSettings mesh) {
        return host.contains(".") || host.startsWith("*") ? host : mesh.hostname(key.namespace(), host);
    }

    /** Whether proxies of this namespace may use it. */
    public boolean isExportedTo(String namespace) {
        return exportTo.isEmpty()
                || exportTo.contains("*")
                || exportTo.contains(namespace)
                || (exportTo.contains(".") && key.namespace().equals(namespace));
    }
}
