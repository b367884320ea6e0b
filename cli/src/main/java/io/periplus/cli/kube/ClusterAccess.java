package io.periplus.cli.kube;

import java.net.URI;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How to reach one API server, and as whom.
 *
 * @param context the kubeconfig context, for messages
 * @param server base URL, without a trailing slash
 * @param namespace the context's namespace, {@code default} if it names none
 * @param tls null for plain http
 * @param tlsServerName the name to verify instead of the URL's host, or null
 * @param headers sent with every request: authorization and impersonation
 */
public record ClusterAccess(
        String context,
        URI server,
        String namespace,
        @Nullable SSLContext tls,
        @Nullable String tlsServerName,
        Map<String, String> headers) {
    /** The same access with more headers. */
    public ClusterAccess withHeaders(Map<String, String> more) {
        var all = new java.util.LinkedHashMap<>(headers);
        all.putAll(more);
        return new ClusterAccess(context, server, namespace, tls, tlsServerName, Map.copyOf(all));
    }
}
