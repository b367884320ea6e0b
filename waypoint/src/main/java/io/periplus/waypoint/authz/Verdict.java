package io.periplus.waypoint.authz;

import java.util.List;

/** What came of asking an authorizer. */
sealed interface Verdict {
    /**
     * The request goes on.
     *
     * @param answer edits of the head of the request's answer
     */
    record Allowed(RequestEdits request, List<FieldEdit> answer) implements Verdict {}

    /**
     * The authorizer answers the request.
     *
     * @param status between 200 and 599
     */
    record Denied(int status, List<FieldEdit> fields, byte[] body) implements Verdict {}

    /**
     * The authorizer did not say, or not in a way that can be understood.
     *
     * @param reason for the log
     */
    record Failed(String reason) implements Verdict {}
}
