package io.periplus.api.why;

/**
 * An endpoint that could be chosen, or could not.
 *
 * @param workload {@code namespace/name}
 * @param address IP or host name, and port
 * @param usable whether it may be chosen
 * @param chosen whether this explanation goes on with it
 * @param why its place among the others, or what speaks against it
 */
public record EndpointState(String workload, String address, boolean usable, boolean chosen, String why) {}
