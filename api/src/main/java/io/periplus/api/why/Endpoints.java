package io.periplus.api.why;

import java.util.List;

/**
 * The endpoints that were chosen among.
 *
 * @param of the service, {@code namespace/hostname}, with its port
 * @param rule how one is chosen among those that are usable
 */
public record Endpoints(String of, String rule, List<EndpointState> endpoints) {}
