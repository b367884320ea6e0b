package io.periplus.waypoint.exchange;

/** The endpoint's side of one exchange: takes the body of the request. */
public interface UpstreamStream extends BodyStream {
    /** Gives the exchange up; the handler hears nothing more. Has no effect once both messages ended. */
    void cancel();
}
