package io.periplus.cli.kube;

import org.jspecify.annotations.Nullable;

/**
 * A kind of object, as the API server's paths name it.
 *
 * @param group empty for the core group
 * @param plural lower case, for example {@code gateways}
 */
public record Resource(String group, String version, String plural, boolean namespaced) {
    /** core/v1 namespaces. */
    public static final Resource NAMESPACES = new Resource("", "v1", "namespaces", false);

    /** core/v1 pods. */
    public static final Resource PODS = new Resource("", "v1", "pods", true);

    /** core/v1 services. */
    public static final Resource SERVICES = new Resource("", "v1", "services", true);

    /** core/v1 secrets. */
    public static final Resource SECRETS = new Resource("", "v1", "secrets", true);

    /** Gateway API gateways. */
    public static final Resource GATEWAYS = new Resource("gateway.networking.k8s.io", "v1", "gateways", true);

    /** The collection's path; a null namespace means all namespaces. */
    public String path(@Nullable String namespace) {
        String base = group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
        return namespace == null || !namespaced
                ? base + "/" + plural
                : base + "/namespaces/" + namespace + "/" + plural;
    }

    /** One object's path. */
    public String path(@Nullable String namespace, String name) {
        return path(namespace) + "/" + name;
    }
}
