package io.periplus.waypoint.edge;

import io.periplus.waypoint.exchange.Admission;
import io.periplus.waypoint.exchange.ClientConnection;

/** What a port would make of a client's connection. */
public sealed interface Arrival {
    /** It carries requests. */
    record Requests(ClientConnection client, Admission admission) implements Arrival {}

    /** Its bytes pass as they are. */
    record Bytes(ClientConnection client, String serverName) implements Arrival {}

    /** It is let go without an answer. */
    record Refused(String why) implements Arrival {}
}
