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

    /** Ports that clients may connect to. */
    List<Integer> ports();

    /** Client connections that are open. */
    int connections();

    /** Closes everything at once. */
    @Override
    void close();
}
