package io.periplus.ztunnel.dns;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.wire.workload.Workload;
import java.net.UnknownHostException;
import java.util.Locale;

/** Addresses of names for clients that leave resolving to the proxy: the mesh's own first, then what the resolvers say. */
public final class ClientResolver {
    private final IndexStore index;
    private final MeshNames names;
    private final HostAddresses others;

    public ClientResolver(IndexStore index, DnsSettings settings, HostAddresses others) {
        this.index = index;
        this.names = new MeshNames(settings);
        this.others = others;
    }

    /**
     * An address of a name as {@code client} would be answered, IPv4 if there is one.
     *
     * @param loop that the answer is given on
     */
    public Future<IpAddress> resolve(EventLoop loop, Workload client, String name) {
        String host = (name.endsWith(".") ? name.substring(0, name.length() - 1) : name).toLowerCase(Locale.ROOT);
        boolean known = false;
        for (int type : new int[] {DnsCode.TYPE_A, DnsCode.TYPE_AAAA}) {
            MeshNames.Found found = names.find(index.current(), client, host, type);
            if (found != null && !found.addresses().isEmpty()) {
                return loop.newSucceededFuture(found.addresses().getFirst());
            }
            known |= found != null;
        }
        return known
                ? loop.newFailedFuture(new UnknownHostException(host + " has no address that can be reached from here"))
                : others.resolve(loop, host, true);
    }
}
