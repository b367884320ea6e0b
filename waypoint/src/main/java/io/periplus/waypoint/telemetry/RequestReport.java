package io.periplus.waypoint.telemetry;

import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.Marks;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One exchange from beginning to end.
 *
 * @param startMillis since the epoch
 * @param durationNanos until the last byte of the answer was written
 * @param request as it went on: as the client sent it, path normalised, and then edited by its route, which leaves what the
 *     client wrote in {@code x-envoy-original-path}; null if it could not be read
 * @param protocol such as {@code HTTP/1.1}
 * @param grpc whether the request is gRPC
 * @param status of the answer, 0 if there was none
 * @param grpcStatus of the answer, empty if not gRPC or unknown
 * @param flags of the access log, empty if none
 * @param details why the answer is what it is, empty if unknown
 * @param transportFailure why the last endpoint could not be reached, empty if it could
 * @param requestBytes of the request's body
 * @param responseBytes of the response's body
 * @param requestHeadBytes of the request's head, about
 * @param responseHeadBytes of the response's head, about
 * @param requestMessages of a gRPC request, 0 for others
 * @param responseMessages of a gRPC answer, 0 for others
 * @param upstreamMillis until the endpoint's head came, -1 if it did not
 * @param upstreamLocalAddress this waypoint's end of the connection to the endpoint, null if there was none
 * @param routeName the route's name, null if there was none
 * @param responseHeaders of the answer, null if an endpoint gave none
 * @param denied the decision of the policies that refused the request, null if none did
 * @param marks what policies said that decide nothing, null if nothing
 */
public record RequestReport(
        Parties parties,
        long startMillis,
        long durationNanos,
        @Nullable RequestHead request,
        String protocol,
        boolean grpc,
        int status,
        String grpcStatus,
        String flags,
        String details,
        String transportFailure,
        long requestBytes,
        long responseBytes,
        long requestHeadBytes,
        long responseHeadBytes,
        long requestMessages,
        long responseMessages,
        long upstreamMillis,
        @Nullable InetSocketAddress upstreamLocalAddress,
        @Nullable String routeName,
        @Nullable HttpHeaders responseHeaders,
        Decision.@Nullable Denied denied,
        @Nullable Marks marks)
        implements Report {}
