package io.periplus.controlplane.auth;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.periplus.controlplane.Metrics;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lets a call in only with a token that is good; runs on the calls' own (virtual) threads, so it may block. */
public final class AuthInterceptor implements ServerInterceptor {
    /** The caller of the current call; null on ports without authentication. */
    public static final Context.Key<@Nullable Caller> CALLER = Context.key("caller");

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> CLUSTER = Metadata.Key.of("clusterid", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BEARER = "Bearer ";

    private final TokenAuthenticator authenticator;
    private final String clusterId;
    private final Metrics metrics;

    public AuthInterceptor(TokenAuthenticator authenticator, String clusterId, Metrics metrics) {
        this.authenticator = authenticator;
        this.clusterId = clusterId;
        this.metrics = metrics;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String cluster = headers.get(CLUSTER);
        if (cluster != null && !cluster.isEmpty() && !cluster.equals(clusterId)) {
            return refuse(
                    call,
                    Status.UNAUTHENTICATED.withDescription(
                            "unknown cluster \"" + cluster + "\" in header clusterid (this is " + clusterId + ")"));
        }
        String header = headers.get(AUTHORIZATION);
        if (header == null || !header.startsWith(BEARER)) {
            return refuse(
                    call, Status.UNAUTHENTICATED.withDescription("authentication failure: no bearer token was sent"));
        }
        try {
            Optional<Caller> caller = authenticator.authenticate(header.substring(BEARER.length()));
            if (caller.isEmpty()) {
                return refuse(
                        call, Status.UNAUTHENTICATED.withDescription("authentication failure: the token was refused"));
            }
            return Contexts.interceptCall(Context.current().withValue(CALLER, caller.get()), call, headers, next);
        } catch (ReviewUnavailableException e) {
            return refuse(
                    call,
                    Status.UNAVAILABLE.withDescription(
                            "the token could not be reviewed, try again: " + e.getMessage()));
        }
    }

    private <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call, Status status) {
        metrics.counter("citadel_server_authentication_failure_count", "").increment();
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
