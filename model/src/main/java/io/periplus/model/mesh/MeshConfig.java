package io.periplus.model.mesh;

import java.util.Map;

/**
 * What the mesh configuration says, and may change while the mesh runs. What is settled at installation stands in {@link
 * io.periplus.model.MeshSettings}.
 *
 * @param proxyEnvironment for the pods of waypoints and Gateways; an empty value takes a name away
 * @param providers        extension providers by name
 */
public record MeshConfig(Map<String, String> proxyEnvironment, Map<String, ProviderInput> providers) {
    /** The configuration that sets nothing. */
    public static final MeshConfig NONE = new MeshConfig(Map.of(), Map.of());
}
