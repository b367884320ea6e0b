package io.periplus.waypoint.authz;

import com.google.protobuf.Duration;
import io.periplus.waypoint.call.CallSettings;
import io.periplus.waypoint.route.RouteBackend;
import io.periplus.wire.waypoint.ExtensionProvider;
import io.periplus.wire.waypoint.RequestBodyInCheck;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An extension provider that can be asked.
 *
 * @param authorizer how it is spoken to
 * @param call where it is
 * @param failOpen whether requests pass when it does not answer
 * @param statusOnError of the answer when it does not answer and requests do not pass
 * @param clearRouteCache whether what it changes in a request makes a difference to the request's route
 * @param body what it sees of bodies, null for nothing
 * @param failures says so when it gives no verdict
 */
record Provider(
        String name,
        Authorizer authorizer,
        CallSettings call,
        boolean failOpen,
        int statusOnError,
        boolean clearRouteCache,
        @Nullable BodyRule body,
        FailureLog failures) {
    /** Upstream's: authorizers may ask people. */
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(600);

    private static final long REHEARSAL_NANOS_MAX = TimeUnit.SECONDS.toNanos(15);

    /** Of an answer: a page that explains a denial, with pictures in it. */
    private static final int ANSWER_BYTES_MAX = 1 << 20;

    private static final int FORBIDDEN = 403;

    /**
     * A provider as the control plane sent it; null for one that cannot be asked.
     *
     * @param principal of this proxy
     */
    static @Nullable Provider of(ExtensionProvider message, String principal) {
        BodyRule body = message.hasBody() ? body(message.getBody()) : null;
        Authorizer authorizer = switch (message.getKindCase()) {
            case GRPC ->
                new GrpcAuthorizer(message.getService().getHostname(), principal, body != null && body.asBytes());
            case HTTP -> HttpAuthorizer.of(message.getHttp());
            case UNUSABLE, KIND_NOT_SET -> null;
        };
        if (authorizer == null || !message.hasService()) {
            return null;
        }
        RouteBackend.ToService service = new RouteBackend.ToService(
                message.getService().getNamespace() + "/" + message.getService().getHostname(),
                message.getService().getNamespace(),
                message.getService().getHostname(),
                message.getPort());
        return new Provider(
                message.getName(),
                authorizer,
                new CallSettings(
                        service,
                        authorizer instanceof GrpcAuthorizer,
                        message.hasTimeout() ? nanos(message.getTimeout()) : TIMEOUT_NANOS,
                        ANSWER_BYTES_MAX),
                message.getFailOpen(),
                message.getStatusOnError() == 0 ? FORBIDDEN : message.getStatusOnError(),
                message.getClearRouteCache(),
                body,
                new FailureLog());
    }

    /** The same for what nobody waits for, so that somebody has to give it up. */
    Provider rehearsed() {
        return new Provider(
                name,
                authorizer,
                call.within(REHEARSAL_NANOS_MAX),
                failOpen,
                statusOnError,
                clearRouteCache,
                body,
                failures);
    }

    private static BodyRule body(RequestBodyInCheck body) {
        return new BodyRule(body.getMaxRequestBytes(), body.getAllowPartialMessage(), body.getPackAsBytes());
    }

    private static long nanos(Duration duration) {
        return TimeUnit.SECONDS.toNanos(duration.getSeconds()) + duration.getNanos();
    }
}
