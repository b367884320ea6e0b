package io.periplus.dataplane.controlplane;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the control plane is and how to authenticate with it.
 *
 * @param uri {@code https://host:port}; {@code http} means clear text without TLS
 * @param roots PEM with the roots that the server is verified against; {@code null} for the JDK's own
 * @param token bearer token, read for each call because the kubelet renews it; {@code null} to send none
 * @param clusterId sent as {@code clusterid}
 * @param headers more headers for each call
 * @param otherName a name that the server's certificate may have instead of the address's; {@code null} for none
 */
public record ControlPlaneAddress(
        URI uri,
        @Nullable FileOrText roots,
        @Nullable FileOrText token,
        String clusterId,
        Map<String, String> headers,
        @Nullable String otherName) {
    private static final int DEFAULT_PORT = 15012;

    public ControlPlaneAddress {
        headers = Map.copyOf(headers);
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("control plane address \"" + uri
                    + "\" (expected: https://host:port, such as" + " https://istiod.istio-system.svc:15012)");
        }
    }

    /** Of a server that goes by no other name than its address's. */
    public ControlPlaneAddress(
            URI uri, @Nullable Path rootFile, @Nullable Path tokenFile, String clusterId, Map<String, String> headers) {
        this(uri, file(rootFile), file(tokenFile), clusterId, headers, null);
    }

    /** From text with or without a scheme. */
    public static ControlPlaneAddress of(
            String address, @Nullable Path rootFile, @Nullable Path tokenFile, String clusterId) {
        return of(address, file(rootFile), file(tokenFile), clusterId);
    }

    /** From text with or without a scheme. */
    public static ControlPlaneAddress of(
            String address, @Nullable FileOrText roots, @Nullable FileOrText token, String clusterId) {
        URI uri = URI.create(address.contains("://") ? address : "https://" + address);
        return new ControlPlaneAddress(uri, roots, token, clusterId, Map.of(), null);
    }

    private static @Nullable FileOrText file(@Nullable Path path) {
        return path == null ? null : FileOrText.of(path);
    }

    /** The same with these further headers. */
    public ControlPlaneAddress withHeaders(Map<String, String> more) {
        return new ControlPlaneAddress(uri, roots, token, clusterId, more, otherName);
    }

    /** The same, of a server that may go by another name. */
    public ControlPlaneAddress withOtherName(@Nullable String name) {
        return new ControlPlaneAddress(uri, roots, token, clusterId, headers, name);
    }

    boolean isPlaintext() {
        return "http".equals(uri.getScheme());
    }

    int port() {
        return uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    }
}
