package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.periplus.waypoint.upstream.health.Breakers;
import io.periplus.waypoint.upstream.policy.TrafficSettings;
import io.periplus.waypoint.upstream.tls.TlsOrigination.Inside;

/** What the connections to one endpoint are made with; requests with the same key share them. */
record ConnectionSource(
        EventLoop loop,
        Connector connector,
        Hostnames hostnames,
        Backend backend,
        ConnectionKey key,
        TrafficSettings settings,
        Breakers breakers) {
    Future<Channel> open(Inside inside) {
        return connector.connect(new Dial(backend, key, settings, inside, hostnames), loop);
    }
}
