package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/** Takes what follows a request's head. */
public interface RequestHandler {
    /** A piece of the request's body; ownership passes to the handler. */
    void requestData(ByteBuf data, boolean end);

    /** The request ended with trailers. */
    void requestTrailers(HttpHeaders trailers);

    /** What the client had sent so far was handed over. */
    void requestReadComplete();

    /** The client's side takes more, or no more. */
    void clientWritabilityChanged();

    /** The client reset the request or its connection ended; nothing can be written any more. */
    void clientGone();

    /** The rest of the request's body cannot be understood. */
    void requestMalformed();
}
