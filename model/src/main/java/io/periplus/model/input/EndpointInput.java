package io.periplus.model.input;

import java.util.Map;

/**
 * An endpoint that an author wrote down: one of a ServiceEntry, or a WorkloadEntry.
 *
 * @param address  an IP address or a host name; empty when only the network is known
 * @param ports    numbers by the names of the service's ports
 * @param locality {@code region/zone/subzone}, less or empty
 * @param weight   0 when unset
 */
public record EndpointInput(
        String address,
        Map<String, Integer> ports,
        Map<String, String> labels,
        String network,
        String locality,
        int weight,
        String serviceAccount) {}
