package io.periplus.waypoint.exchange;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.http.Http2Windows;
import io.periplus.dataplane.http.PathNormalization;
import io.periplus.waypoint.route.RetryRules;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
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
 * @param retries of requests whose route says nothing about them
 * @param answers what this proxy says of itself in them
 */
public record HttpSettings(
        boolean http10,
        boolean http1Trailers,
        Duration headTimeout,
        Duration idleTimeout,
        PathNormalization paths,
        Http2Windows windows,
        @Nullable String clientsBy,
        @Nullable Set<SpiffeId> forwarders,
        RetryRules retries,
        AnswerFields answers) {
    /** A minute is what other servers give a slow client; a head is one or two packets. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration IDLE_TIMEOUT = Duration.ofHours(1);

    public static final HttpSettings DEFAULT = new HttpSettings(
            false,
            false,
            HEAD_TIMEOUT,
            IDLE_TIMEOUT,
            PathNormalization.BASE,
            Http2Windows.OF_ONE_CLIENT,
            null,
            null,
            RetryRules.DEFAULT,
            AnswerFields.DEFAULT);

    public HttpSettings withHttp10(boolean served) {
        return with(draft -> draft.http10 = served);
    }

    public HttpSettings withHttp1Trailers(boolean pass) {
        return with(draft -> draft.http1Trailers = pass);
    }

    public HttpSettings withHeadTimeout(Duration timeout) {
        return with(draft -> draft.headTimeout = timeout);
    }

    public HttpSettings withIdleTimeout(Duration timeout) {
        return with(draft -> draft.idleTimeout = timeout);
    }

    public HttpSettings withPaths(PathNormalization form) {
        return with(draft -> draft.paths = form);
    }

    public HttpSettings withWindows(Http2Windows other) {
        return with(draft -> draft.windows = other);
    }

    /** Applications are told their clients' identities, in {@code x-forwarded-client-cert}, by this proxy of the mesh. */
    public HttpSettings withClientsBy(SpiffeId proxy) {
        return with(draft -> draft.clientsBy = proxy.toString());
    }

    /** Of the clients in the mesh only these are believed when they say for whom they forward. */
    public HttpSettings withForwarders(Set<SpiffeId> believed) {
        return with(draft -> draft.forwarders = believed);
    }

    public HttpSettings withRetries(RetryRules rules) {
        return with(draft -> draft.retries = rules);
    }

    public HttpSettings withAnswers(AnswerFields fields) {
        return with(draft -> draft.answers = fields);
    }

    /** Whether what a client in the mesh says of the client before it counts. */
    boolean believes(@Nullable SpiffeId peer) {
        return forwarders == null || (peer != null && forwarders.contains(peer));
    }

    private HttpSettings with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finish();
    }

    /** Settings while they are being changed. */
    private static final class Draft {
        private boolean http10;
        private boolean http1Trailers;
        private Duration headTimeout;
        private Duration idleTimeout;
        private PathNormalization paths;
        private Http2Windows windows;
        private @Nullable String clientsBy;
        private @Nullable Set<SpiffeId> forwarders;
        private RetryRules retries;
        private AnswerFields answers;

        private Draft(HttpSettings from) {
            http10 = from.http10;
            http1Trailers = from.http1Trailers;
            headTimeout = from.headTimeout;
            idleTimeout = from.idleTimeout;
            paths = from.paths;
            windows = from.windows;
            clientsBy = from.clientsBy;
            forwarders = from.forwarders;
            retries = from.retries;
            answers = from.answers;
        }

        private HttpSettings finish() {
            return new HttpSettings(
                    http10,
                    http1Trailers,
                    headTimeout,
                    idleTimeout,
                    paths,
                    windows,
                    clientsBy,
                    forwarders,
                    retries,
                    answers);
        }
    }
}
