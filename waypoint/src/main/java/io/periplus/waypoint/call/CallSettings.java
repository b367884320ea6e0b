package io.periplus.waypoint.call;

import io.periplus.waypoint.route.RouteBackend;

/**
 * Where a call goes, and how far.
 *
 * @param service whose endpoints are called
 * @param http2 whether HTTP/2 is spoken whatever the port declares, as gRPC wants it; else HTTP/1.1 is, unless the port
 *     declares HTTP/2
 * @param timeoutNanos of the whole call
 * @param answerBytesMax of the answer's body; a larger one fails the call
 */
public record CallSettings(RouteBackend.ToService service, boolean http2, long timeoutNanos, int answerBytesMax) {
    /** The same with no more time than this. */
    public CallSettings within(long nanosMax) {
        return timeoutNanos <= nanosMax ? this : new CallSettings(service, http2, nanosMax, answerBytesMax);
    }
}
