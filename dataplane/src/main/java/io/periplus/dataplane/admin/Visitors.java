package io.periplus.dataplane.admin;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How many requests a port that everybody reaches answers at a time. Each holds its answer in memory until the client has read
 * it, and a client need not hurry; one of them alone cannot take the others' places.
 */
final class Visitors {
    /** Of a megabyte or so each. */
    static final int MAX = 16;

    /** A kubelet's probes and a scraper may have one address. */
    static final int MAX_EACH = 4;

    private final Map<InetAddress, Integer> present = new HashMap<>();
    private int count;

    /** Whether this one may come in; then it has to {@link #leave}. */
    synchronized boolean enter(InetAddress client) {
        int here = present.getOrDefault(client, 0);
        if (count == MAX || here == MAX_EACH) {
            return false;
        }
        present.put(client, here + 1);
        count++;
        return true;
    }

    synchronized void leave(InetAddress client) {
        present.computeIfPresent(client, (_, here) -> here == 1 ? null : here - 1);
        count--;
    }
}
