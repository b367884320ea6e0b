package io.periplus.waypoint.explain;

import io.periplus.api.SpiffeId;
import io.periplus.api.why.Caller;
import io.periplus.api.why.HttpQuestion;
import io.periplus.api.why.Question;
import io.periplus.api.why.Seen;
import io.periplus.api.why.Verdict;
import io.periplus.dataplane.explain.Names;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.policy.Decision;
import io.periplus.waypoint.exchange.FieldNames;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.telemetry.ConnectionReport;
import io.periplus.waypoint.telemetry.Parties;
import io.periplus.waypoint.telemetry.RequestReport;
import io.periplus.waypoint.upstream.Backend;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Room for one request or connection that has ended. Filling it copies references to small values; a request's headers, which
 * may be large and secret, are not among them.
 */
final class SeenSlot {
    /** Longer ones are cut: a slot must not hold what a client likes to send. */
    private static final int TEXT_MAX = 256;

    private static final String DENIED_BYTES = "rbac_access_denied";
    private static final String PASSED = "via_upstream";
    private static final int FAILURE = 400;
    private static final String GRPC_OK = "0";

    private long startMillis;
    private long durationNanos;
    private @Nullable String id;
    private @Nullable String method;
    private String authority = "";
    private String path = "";
    private @Nullable SpiffeId peer;
    private @Nullable InetSocketAddress remote;
    private @Nullable Destination addressed;
    private @Nullable Backend backend;
    private @Nullable String route;
    private int status;
    private boolean ownFailure;
    private String flags = "";
    private String details = "";
    private String transportFailure = "";
    private Decision.@Nullable Denied denied;

    private void fill(Parties parties, long start, long nanos) {
        startMillis = start;
        durationNanos = nanos;
        peer = parties.peer();
        remote = parties.remoteAddress();
        addressed = parties.destination();
        backend = parties.backend();
    }

    void fill(RequestReport report) {
        fill(report.parties(), report.startMillis(), report.durationNanos());
        RequestHead head = report.request();
        id = head == null ? null : cut(head.headers().get(FieldNames.REQUEST_ID));
        method = head == null ? "?" : cut(head.method());
        authority = head == null ? "" : cut(head.authority());
        path = head == null ? "" : cut(head.path());
        route = report.routeName();
        status = report.status();
        ownFailure = isOwnFailure(report);
        flags = report.flags();
        details = report.details();
        transportFailure = report.transportFailure();
        denied = report.denied();
    }

    void fill(ConnectionReport report) {
        fill(report.parties(), report.startMillis(), report.durationNanos());
        id = null;
        method = null;
        authority = "";
        path = "";
        route = null;
        status = 0;
        ownFailure = false;
        flags = report.flags();
        details = report.details();
        transportFailure = report.transportFailure();
        denied = null;
    }

    private static String cut(@Nullable String text) {
        return text == null ? "" : text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX);
    }

    /** Whether this proxy refused or failed it, which is what people look for. */
    static boolean isRefused(RequestReport report) {
        return report.denied() != null || isOwnFailure(report);
    }

    /** A call of gRPC that fails has the status 200, and its own beside it. */
    private static boolean isOwnFailure(RequestReport report) {
        boolean failed = report.status() >= FAILURE
                || !report.grpcStatus().isEmpty() && !report.grpcStatus().equals(GRPC_OK);
        return failed && !report.details().equals(PASSED);
    }

    static boolean isRefused(ConnectionReport report) {
        return report.details().startsWith(DENIED_BYTES) || !report.flags().isEmpty();
    }

    Seen told() {
        Destination destination = addressed;
        InetSocketAddress client = remote;
        Backend endpoint = backend;
        String target = destination == null ? "" : EndpointText.name(destination);
        boolean http = method != null;
        return new Seen(
                Instant.ofEpochMilli(startMillis).toString(),
                id == null || id.isEmpty() ? null : id,
                http ? method + " " + authority + path : "a connection to " + target,
                peer == null ? null : peer.toString(),
                client == null ? "" : Names.of(client),
                target,
                route == null || route.equals("default") ? null : route,
                endpoint == null ? null : endpoint.toString(),
                verdict(),
                status,
                reason(),
                denied == null || denied.policy() == null ? null : "AuthorizationPolicy " + denied.policy(),
                TimeUnit.NANOSECONDS.toMillis(durationNanos),
                question());
    }

    private Verdict verdict() {
        if (denied != null || details.startsWith(DENIED_BYTES)) {
            return Verdict.DENIED;
        }
        return (method == null ? !flags.isEmpty() : ownFailure) ? Verdict.FAILED : Verdict.ALLOWED;
    }

    private String reason() {
        if (denied != null) {
            return denied.why();
        }
        if (details.equals(PASSED)) {
            return "the endpoint answered";
        }
        String text = details.isEmpty() ? (flags.isEmpty() ? "ended in order" : "ended with " + flags) : details;
        return transportFailure.isEmpty() ? text : text + ": " + transportFailure;
    }

    private @Nullable Question question() {
        Destination destination = addressed;
        InetSocketAddress client = remote;
        if (destination == null || client == null) {
            return null;
        }
        Caller caller = new Caller(
                peer == null ? null : peer.toString(), client.getAddress().getHostAddress());
        HttpQuestion http = method == null ? null : new HttpQuestion(method, path, authority, List.of());
        if (destination instanceof Destination.OfListener listener) {
            return Question.ofGateway(listener.port(), caller, http, listener.secure(), listener.serverName());
        }
        return Question.ofWaypoint(destination.address().toString(), destination.port(), caller, http, "");
    }
}
