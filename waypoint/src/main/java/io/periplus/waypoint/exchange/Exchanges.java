package io.periplus.waypoint.exchange;

import io.periplus.dataplane.http.RequestError;
import io.periplus.dataplane.http.RequestHead;
import org.jspecify.annotations.Nullable;

/** Begins exchanges for one client connection. */
public interface Exchanges {
    /** How connections are served. */
    HttpSettings settings();

    /**
     * Takes a request that passed the checks.
     *
     * @param hasBody whether data or trailers follow
     * @param upgrade whether the client asks for WebSocket
     */
    RequestHandler begin(ClientStream client, RequestHead head, boolean hasBody, boolean upgrade);

    /**
     * Answers a request that cannot be served as it stands.
     *
     * @param head the request as far as it could be read
     */
    void refuse(ClientStream client, RequestError error, @Nullable RequestHead head);
}
