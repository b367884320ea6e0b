package io.periplus.model.mesh;

import java.util.List;
import java.util.Map;

/**
 * What the mesh configuration says, and may change while the mesh runs. What is settled at installation stands in {@link
 * io.periplus.model.MeshSettings}.
 *
 * @param proxyEnvironment for the pods of waypoints and Gateways; an empty value takes a name away
 * @param providers        extension providers by name
 * @param trustDomains     other names of the mesh's trust domain: identities in them are the same to policies
 */
public record MeshConfig(
        Map<String, String> proxyEnvironment, Map<String, ProviderInput> providers, List<String> trustDomains) {
    /** The configuration that sets nothing. */
    public static final MeshConfig NONE = new MeshConfig(Map.of(), Map.of(), List.of());
}
