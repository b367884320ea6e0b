package io.periplus.api.why;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the proxy sends the traffic.
 *
 * @param kind {@code waypoint}, {@code workload}, {@code gateway} of another network, or {@code unknown} for an address
 *     outside the mesh
 * @param of the waypoint's service, {@code namespace/hostname}; null for others
 * @param pod null for an address outside the mesh, and for one beyond a gateway
 * @param node of the pod, empty if unknown
 * @param cluster of the pod, empty if unknown
 * @param address IP and port that is connected to
 * @param tunnel whether through HBONE
 * @param authority what the tunnel asks for, null without one
 * @param identity the SPIFFE id that this proxy shows, null for none
 * @param expects the SPIFFE ids it accepts at the other end; empty without a tunnel
 */
public record Hop(
        String kind,
        @Nullable String of,
        @Nullable PodName pod,
        String node,
        String cluster,
        String address,
        boolean tunnel,
        @Nullable String authority,
        @Nullable String identity,
        List<String> expects) {}
