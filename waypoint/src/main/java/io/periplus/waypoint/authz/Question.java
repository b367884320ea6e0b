package io.periplus.waypoint.authz;

import io.periplus.dataplane.http.RequestHead;

/** What is sent to an authorizer. */
record Question(RequestHead head, byte[] body) {}
