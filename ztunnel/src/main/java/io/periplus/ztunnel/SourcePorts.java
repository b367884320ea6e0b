package io.periplus.ztunnel;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The ports of connections that carry a client's address to an application. They lie below those that kernels give to clients
 * (32768 to 60999), and so stay apart from the client's own: a client that speaks to the application in clear has a connection
 * from its address and a port to that very address and port, and the pod's connection tracking knows the two by nothing else. Were they the
 * same, the answers to one would go to the other, and the client's would be refused or hang. Clients on the same node would come
 * across it again and again, as one kernel proposes the same ports, one after the other, for the same pair of addresses. Clients behind
 * address translation may have any port.
 *
 * <p>In turn, so that a port comes back as late as possible: a closed connection keeps its own for a minute (TIME_WAIT). Any
 * number of threads.
 */
final class SourcePorts {
    /** Below it are more ports of services than free ones. */
    static final int FIRST = 10_240;

    static final int LAST = 32_767;

    private final AtomicInteger turn;

    /** Begins anywhere, and so seldom where a predecessor has left off. */
    SourcePorts() {
        this(ThreadLocalRandom.current().nextInt(FIRST, LAST + 1));
    }

    SourcePorts(int first) {
        turn = new AtomicInteger(first - FIRST);
    }

    int next() {
        return FIRST + Math.floorMod(turn.getAndIncrement(), LAST - FIRST + 1);
    }
}
