package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.ResponseHead;

/** Takes what an endpoint answers. */
public interface ResponseHandler {
    /** An interim response other than 101. */
    void responseInformational(ResponseHead head);

    /** The head of the final response. */
    void responseHead(ResponseHead head, boolean end);

    /** A piece of the response's body; ownership passes to the handler. */
    void responseData(ByteBuf data, boolean end);

    /** The response ended with trailers. */
    void responseTrailers(HttpHeaders trailers);

    /** What the endpoint had sent so far was handed over. */
    void responseReadComplete();

    /** The endpoint's side takes more, or no more. */
    void upstreamWritabilityChanged();

    /** No more comes. */
    void responseReset(ResetReason reason);

    /** The endpoint switched protocols: data is that protocol's from here on, in both directions. */
    void responseUpgraded(ResponseHead head);
}
