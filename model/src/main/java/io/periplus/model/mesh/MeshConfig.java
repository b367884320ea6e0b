package io.periplus.model.mesh;

import com.google.protobuf.Duration;
import io.periplus.model.input.LabelSelectorInput;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the mesh configuration says, and may change while the mesh runs. What is settled at installation stands in {@link
 * io.periplus.model.MeshSettings}.
 *
 * @param proxyEnvironment for the pods of waypoints and Gateways; an empty value takes a name away
 * @param providers        extension providers by name
 * @param trustDomains     other names of the mesh's trust domain: identities in them are the same to policies
 * @param discovery        which namespaces belong to the mesh: those for which one of them holds; empty for all
 * @param entryVisibility  who may see ServiceEntries; null for everybody
 * @param connectTimeout   to endpoints whose DestinationRule says no other; null for what proxies have by themselves
 */
public record MeshConfig(
        Map<String, String> proxyEnvironment,
        Map<String, ProviderInput> providers,
        List<String> trustDomains,
        List<LabelSelectorInput> discovery,
        @Nullable EntryVisibility entryVisibility,
        @Nullable Duration connectTimeout) {
    /** The configuration that sets nothing. */
    public static final MeshConfig NONE = new MeshConfig(Map.of(), Map.of(), List.of());

    /** A configuration of a mesh to which all namespaces belong, and whose ServiceEntries everybody sees. */
    public MeshConfig(
            Map<String, String> proxyEnvironment, Map<String, ProviderInput> providers, List<String> trustDomains) {
        this(proxyEnvironment, providers, trustDomains, List.of(), null, null);
    }
}
