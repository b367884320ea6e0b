package io.periplus.waypoint.authz;

/**
 * How much of a request's body an authorizer sees.
 *
 * @param allowPartial whether a larger body is shown in part; else its request is answered with 413
 * @param asBytes whether gRPC authorizers get bytes rather than text
 */
record BodyRule(int maxBytes, boolean allowPartial, boolean asBytes) {
    /** What has to be read to know whether the body is larger. */
    int enough() {
        return allowPartial ? maxBytes : maxBytes + 1;
    }
}
