package io.periplus.waypoint.authz;

import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.policy.CustomMatch;
import io.periplus.waypoint.exchange.BufferedBody;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.exchange.HttpProtocol;
import org.jspecify.annotations.Nullable;

/**
 * What an authorizer is asked about.
 *
 * @param head null for a connection that is passed through as bytes
 * @param body what the authorizer is to see of it; null for nothing
 */
record Subject(
        ClientConnection client,
        @Nullable RequestHead head,
        @Nullable HttpProtocol protocol,
        @Nullable BufferedBody body,
        CustomMatch match) {}
