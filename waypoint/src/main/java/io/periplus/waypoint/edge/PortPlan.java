package io.periplus.waypoint.edge;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.Map;

/** What a port does with a connection that it has accepted: compiled from the listeners that share it. Immutable. */
interface PortPlan {
    /** Takes over a connection; to be called on its event loop before it reads. */
    void accept(Channel connection);

    /**
     * What it would do with a connection from there; touches none.
     *
     * @param tls whether the client speaks TLS
     * @param serverName that the client asks for then, empty if it names none
     */
    Arrival arrival(InetSocketAddress remote, InetSocketAddress local, boolean tls, String serverName);

    /**
     * The connections of its listeners. The key is what a listener must keep for its connections to go on: when a plan
     * is replaced, connections under a key that the new plan has as well are its connections, the others end.
     */
    Map<?, OpenConnections> connections();
}
