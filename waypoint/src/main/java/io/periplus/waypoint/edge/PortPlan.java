package io.periplus.waypoint.edge;

import io.netty.channel.Channel;
import java.util.Map;

/** What a port does with a connection that it has accepted: compiled from the listeners that share it. Immutable. */
interface PortPlan {
    /** Takes over a connection; to be called on its event loop before it reads. */
    void accept(Channel connection);

    /**
     * The connections of its listeners. The key is what a listener must keep for its connections to go on: when a plan
     * is replaced, connections under a key that the new plan has as well are its connections, the others end.
     */
    Map<?, OpenConnections> connections();
}
