package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/** The rest of a request that was answered at once: nobody wants it. */
enum Refused implements RequestHandler {
    REQUEST;

    @Override
    public void requestData(ByteBuf data, boolean end) {
        data.release();
    }

    @Override
    public void requestTrailers(HttpHeaders trailers) {
        // Not needed.
    }

    @Override
    public void requestReadComplete() {
        // Nothing was passed on.
    }

    @Override
    public void clientWritabilityChanged() {
        // Nothing is written any more.
    }

    @Override
    public void clientGone() {
        // It was answered.
    }

    @Override
    public void requestMalformed() {
        // It was answered.
    }
}
