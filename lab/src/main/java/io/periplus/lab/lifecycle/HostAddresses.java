package io.periplus.lab.lifecycle;

import io.periplus.lab.node.net.Cidr;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;

/**
 * The loopback addresses on which a lab's Services of type LoadBalancer are reached from the host. Every address of
 * 127.0.0.0/8 is the machine's own, so that nothing has to be set up for them; labs share them by claiming one of
 * {@value #SLOTS} slots: {@code 127.<100 + cluster>.<slot>.0/24}. A claim is a bound socket, which ends with the process.
 */
final class HostAddresses implements Closeable {
    private static final int SLOTS = 256;
    /** Any port will do that nobody else has a reason to use. */
    private static final int CLAIM_PORT = 16_440;

    private final int slot;
    private final DatagramChannel claim;

    private HostAddresses(int slot, DatagramChannel claim) {
        this.slot = slot;
        this.claim = claim;
    }

    /** Claims a slot: the same as before for a lab that comes back, if it is free. */
    static HostAddresses claim(Path lab) throws IOException {
        int preferred = Math.floorMod(lab.toString().hashCode(), SLOTS);
        for (int i = 0; i < SLOTS; i++) {
            int slot = (preferred + i) % SLOTS;
            DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
            try {
                channel.bind(new InetSocketAddress(InetAddress.ofLiteral("127.100." + slot + ".1"), CLAIM_PORT));
                return new HostAddresses(slot, channel);
            } catch (BindException e) {
                channel.close();
            }
        }
        throw new IOException("no addresses for load balancers are free: UDP port " + CLAIM_PORT
                + " is taken on all of 127.100.0.1 to 127.100." + (SLOTS - 1) + ".1 (ss -ulnp shows by whom)");
    }

    /** The range of a cluster. */
    Cidr of(int cluster) {
        return Cidr.parse("127." + (100 + cluster) + "." + slot + ".0/24");
    }

    @Override
    public void close() throws IOException {
        claim.close();
    }
}
