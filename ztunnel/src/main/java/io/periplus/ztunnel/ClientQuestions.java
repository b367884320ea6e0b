package io.periplus.ztunnel;

import io.netty.util.AttributeKey;
import io.netty.util.AttributeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many questions to the control plane the clients of one pod have open. What a client asks for decides what is asked, and
 * that before any policy is looked at, so one that makes addresses up must not fill the names that the node needs.
 */
final class ClientQuestions {
    /** A client's proxy that comes back asks for what its pods talk to, each name once; an answer takes milliseconds. */
    static final int PER_CONNECTION_MAX = 64;

    /** The same of the proxies of several nodes. */
    static final int PER_POD_MAX = 256;

    private static final AttributeKey<AtomicInteger> OPEN = AttributeKey.valueOf(ClientQuestions.class, "open");

    private final AtomicInteger ofPod = new AtomicInteger();

    /**
     * Takes a place, to be given back by {@link #end}.
     *
     * @param connection on its event loop
     * @return whether there was one
     */
    boolean begin(AttributeMap connection) {
        AtomicInteger open = of(connection);
        if (open.get() >= PER_CONNECTION_MAX) {
            return false;
        }
        if (ofPod.incrementAndGet() > PER_POD_MAX) {
            ofPod.decrementAndGet();
            return false;
        }
        open.incrementAndGet();
        return true;
    }

    void end(AttributeMap connection) {
        of(connection).decrementAndGet();
        ofPod.decrementAndGet();
    }

    private static AtomicInteger of(AttributeMap connection) {
        AtomicInteger known = connection.attr(OPEN).get();
        if (known == null) {
            known = new AtomicInteger();
            connection.attr(OPEN).set(known);
        }
        return known;
    }
}
