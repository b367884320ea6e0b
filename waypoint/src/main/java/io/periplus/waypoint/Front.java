package io.periplus.waypoint;

import io.periplus.api.why.Answer;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Question;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

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

    /**
     * What would become of a request or connection. May complete on any thread.
     *
     * @throws IllegalArgumentException if the question is for another kind of proxy, or lacks what it needs
     */
    CompletableFuture<Answer> why(ProxyName self, Question question);

    /** What every event loop has to say together. Waits for them. */
    <T> List<T> onEachLoop(Supplier<List<T>> question);

    /** Ports that clients may connect to. */
    List<Integer> ports();

    /** Client connections that are open. */
    int connections();

    /** Closes everything at once. */
    @Override
    void close();
}
