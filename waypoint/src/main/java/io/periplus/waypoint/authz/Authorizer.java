package io.periplus.waypoint.authz;

import io.periplus.waypoint.call.CallOutcome;

/** How an authorizer is spoken to. */
sealed interface Authorizer permits GrpcAuthorizer, HttpAuthorizer {
    /** What is sent. */
    Question question(Subject subject, long timeoutNanos);

    /** What the answer means. */
    Verdict verdict(CallOutcome.Answered answer);
}
