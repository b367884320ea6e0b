package io.periplus.waypoint.exchange;

import io.netty.channel.EventLoop;
import io.periplus.dataplane.http.ResponseHead;

/** The client's side of one exchange: takes the response. */
public interface ClientStream extends BodyStream {
    /** Writes an interim response other than 101. */
    void informational(ResponseHead head);

    /** Writes the head of the final response. */
    void head(ResponseHead head, boolean end);

    /** Gives the exchange up after the head: the client must see that the response is incomplete. */
    void abort();

    /**
     * Answers that the protocol which the client asked for is spoken from here on; the data of both directions is that
     * protocol's, up to the end of each.
     */
    void switchProtocols(ResponseHead head);

    /** The HTTP version of the client's connection. */
    HttpProtocol protocol();

    EventLoop eventLoop();
}
