package io.periplus.waypoint.call;

import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.ResponseHead;

/** How a call ended. */
public sealed interface CallOutcome {
    /**
     * With a complete answer.
     *
     * @param trailers empty if there were none
     */
    record Answered(ResponseHead head, byte[] body, HttpHeaders trailers) implements CallOutcome {}

    /**
     * Without.
     *
     * @param reason for the log, in a user's words
     */
    record Failed(String reason) implements CallOutcome {}
}
