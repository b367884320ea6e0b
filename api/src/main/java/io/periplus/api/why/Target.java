package io.periplus.api.why;

/**
 * What was addressed, as the proxy knows it.
 *
 * @param kind {@code service}, {@code workload}, {@code listener} or {@code unknown}
 * @param name {@code namespace/hostname} of a service, {@code namespace/name} of another; empty for the unknown
 * @param address IP address, empty if there is none
 * @param protocol that is declared for the port, empty if none is
 */
public record Target(String kind, String name, String address, int port, String protocol) {}
