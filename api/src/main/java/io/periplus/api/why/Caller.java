package io.periplus.api.why;

import org.jspecify.annotations.Nullable;

/**
 * The client of a hop.
 *
 * @param identity its SPIFFE id, null for a client without one
 * @param address its IP address
 */
public record Caller(@Nullable String identity, String address) {}
