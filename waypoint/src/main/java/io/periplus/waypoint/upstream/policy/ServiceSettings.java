package io.periplus.waypoint.upstream.policy;

import io.periplus.wire.waypoint.BackendPolicy;
import java.util.Map;
import java.util.stream.Collectors;

/** How the ports of one service are spoken to. */
public record ServiceSettings(BackendPolicy source, TrafficSettings allPorts, Map<Integer, TrafficSettings> ports) {
    /** Compiles a policy; what cannot be used, such as a certificate, fails later and at the connections concerned. */
    public static ServiceSettings of(BackendPolicy source) {
        return new ServiceSettings(
                source,
                source.hasAllPorts() ? TrafficSettings.of(source.getAllPorts()) : TrafficSettings.DEFAULT,
                source.getPortsList().stream()
                        .collect(Collectors.toUnmodifiableMap(
                                port -> port.getPort(),
                                port -> TrafficSettings.of(port.getPolicy()),
                                (first, second) -> first)));
    }

    /** For one port; its own settings replace those for all as a whole. */
    public TrafficSettings port(int port) {
        return ports.getOrDefault(port, allPorts);
    }
}
