package io.periplus.waypoint;

import java.time.Duration;
import java.util.List;

/** The side of a proxy that lets clients in, with the data path behind it. */
interface Front extends AutoCloseable {
    /**
     * Ends service in order: answers tell clients to go elsewhere, new connections are refused, what is in progress may
     * finish.
     *
     * @param notice how long connections are still accepted
     * @param atMost how long to wait for requests in progress after that
     */
    void drain(Duration notice, Duration atMost) throws InterruptedException;

    /** Requests and TCP connections that endpoints have; 0 once everything was answered. Waits for the event loops. */
    int requestsInProgress();

    /** The endpoints that were used lately, in the text form of Envoy's {@code /clusters}. Waits for the event loops. */
    String clusters();

    /** Ports that clients may connect to. */
    List<Integer> ports();

    /** Client connections that are open. */
    int connections();

    /** Closes everything at once. */
    @Override
    void close();
}
