package io.periplus.waypoint.upstream;

import java.net.ConnectException;

/** No connection was made, as the service has as many as it may: to wait or to try another endpoint would not help. */
public final class OverflowException extends ConnectException {
    private static final long serialVersionUID = 1;

    OverflowException() {
        super("the service has as many connections as it may");
    }
}
