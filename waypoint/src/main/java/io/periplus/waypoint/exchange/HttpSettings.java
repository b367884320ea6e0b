package io.periplus.waypoint.exchange;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.http.Http2Windows;
import io.periplus.dataplane.http.PathNormalization;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How clients' HTTP connections are served.
 *
 * @param http10 whether HTTP/1.0 is served; it is answered 426 otherwise
 * @param http1Trailers whether trailers of HTTP/1.1 messages pass; without it they are dropped, but for answers to clients
 *     that say {@code TE: trailers} (RFC 9110 §6.5.1)
 * @param headTimeout within which a request's head has to be complete once it has begun
 * @param idleTimeout after which a connection without a request ends, or up to as long again later
 * @param paths how paths are normalised
 * @param windows of connections in HTTP/2
 * @param clientsBy identity of this proxy where it tells applications the identities of clients in the mesh, null where it
 *     tells them nothing
 * @param forwarders the clients in the mesh that are believed when they say for whom they forward, null for all of them
 */
public record HttpSettings(
        boolean http10,
        boolean http1Trailers,
        Duration headTimeout,
        Duration idleTimeout,
        PathNormalization paths,
        Http2Windows windows,
        @Nullable String clientsBy,
        @Nullable Set<SpiffeId> forwarders) {
    /** A minute is what other servers give a slow client; a head is one or two packets. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration IDLE_TIMEOUT = Duration.ofHours(1);

    public static final HttpSettings DEFAULT = new HttpSettings(
            false, false, HEAD_TIMEOUT, IDLE_TIMEOUT, PathNormalization.BASE, Http2Windows.OF_ONE_CLIENT, null, null);

    public HttpSettings withHttp10(boolean served) {
        return new HttpSettings(served, http1Trailers, headTimeout, idleTimeout, paths, windows, clientsBy, forwarders);
    }

    public HttpSettings withHttp1Trailers(boolean pass) {
        return new HttpSettings(http10, pass, headTimeout, idleTimeout, paths, windows, clientsBy, forwarders);
    }

    public HttpSettings withHeadTimeout(Duration timeout) {
        return new HttpSettings(http10, http1Trailers, timeout, idleTimeout, paths, windows, clientsBy, forwarders);
    }

    public HttpSettings withIdleTimeout(Duration timeout) {
        return new HttpSettings(http10, http1Trailers, headTimeout, timeout, paths, windows, clientsBy, forwarders);
    }

    public HttpSettings withPaths(PathNormalization form) {
        return new HttpSettings(http10, http1Trailers, headTimeout, idleTimeout, form, windows, clientsBy, forwarders);
    }

    public HttpSettings withWindows(Http2Windows other) {
        return new HttpSettings(http10, http1Trailers, headTimeout, idleTimeout, paths, other, clientsBy, forwarders);
    }

    /** Applications are told their clients' identities, in {@code x-forwarded-client-cert}, by this proxy of the mesh. */
    public HttpSettings withClientsBy(SpiffeId proxy) {
        return new HttpSettings(
                http10, http1Trailers, headTimeout, idleTimeout, paths, windows, proxy.toString(), forwarders);
    }

    /** Of the clients in the mesh only these are believed when they say for whom they forward. */
    public HttpSettings withForwarders(Set<SpiffeId> believed) {
        return new HttpSettings(http10, http1Trailers, headTimeout, idleTimeout, paths, windows, clientsBy, believed);
    }

    /** Whether what a client in the mesh says of the client before it counts. */
    boolean believes(@Nullable SpiffeId peer) {
        return forwarders == null || (peer != null && forwarders.contains(peer));
    }
}
