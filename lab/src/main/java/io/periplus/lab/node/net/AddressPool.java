package io.periplus.lab.node.net;

import java.util.BitSet;

/**
 * Addresses of a node's pods. An address that was given back is the last to be given out again, so that nobody who still
 * remembers the old pod meets a new one.
 */
public final class AddressPool {
    private static final int FIRST = 2;

    private final Cidr cidr;
    private final BitSet used = new BitSet();
    private int next = FIRST;

    /** A pool of everything but the network's address, the gateway's (the first) and the broadcast address. */
    public AddressPool(Cidr cidr) {
        this.cidr = cidr;
    }

    /** @throws IllegalStateException when every address is taken */
    public synchronized String take() {
        int last = cidr.size() - 2;
        for (int tried = FIRST; tried <= last; tried++) {
            int candidate = next;
            next = next == last ? FIRST : next + 1;
            if (!used.get(candidate)) {
                used.set(candidate);
                return cidr.address(candidate);
            }
        }
        throw new IllegalStateException("no free pod address in " + cidr + ": delete pods of this node");
    }

    public synchronized void giveBack(String address) {
        for (int index = FIRST; index < cidr.size() - 1; index++) {
            if (cidr.address(index).equals(address)) {
                used.clear(index);
                return;
            }
        }
    }
}
