package io.periplus.model.waypoint;

import io.periplus.api.NamespacedName;
import io.periplus.wire.workload.GatewayAddress;

/** What became of an object's wish to try a second waypoint with a share of its connections. */
public sealed interface Canary {
    /**
     * Connections are shared between both.
     *
     * @param weight of 100 connections, how many take the canary; 0 to 100
     */
    record Attached(NamespacedName waypoint, GatewayAddress address, int weight) implements Canary {}

    /** All connections stay with the first waypoint. */
    record NotAttached(String reason, String message) implements Canary {}
}
