package io.periplus.waypoint.authz;

import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.waypoint.call.CallOutcome;

/** How an authorizer is spoken to. */
sealed interface Authorizer permits GrpcAuthorizer, HttpAuthorizer {
    /** What is sent. */
    Question question(Subject subject, long timeoutNanos);

    /** Takes out of a request what only the authorizer may say, once the question is made: it may leave it unsaid. */
    default void clean(HttpHeaders request) {}

    /** What the answer means. */
    Verdict verdict(CallOutcome.Answered answer);
}
