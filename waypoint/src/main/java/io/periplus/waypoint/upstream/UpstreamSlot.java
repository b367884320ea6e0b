package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.exchange.ResponseHandler;
import io.periplus.waypoint.exchange.UpstreamStream;

/** A place for one request on a connection to an endpoint. */
public interface UpstreamSlot {
    /**
     * Sends a request's head.
     *
     * @param end whether the request has no body
     */
    UpstreamStream start(RequestHead head, boolean end, ResponseHandler handler);

    /** Gives the place back unused. */
    void discard();

    /** Whether the connection served requests before, so that its end may be older than this request. */
    boolean reused();

    /** The connection. */
    Channel channel();
}
