package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.route.Filters;
import io.periplus.waypoint.route.Route;
import io.periplus.waypoint.route.RouteBackend;
import io.periplus.waypoint.route.RouteRule;
import io.periplus.waypoint.route.SessionRules;
import io.periplus.waypoint.route.WeightedBackend;
import io.periplus.waypoint.route.filter.Cors;
import io.periplus.waypoint.route.filter.Redirect;
import io.periplus.wire.workload.AppProtocol;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way of one request, once its route is known: what is done to its head and to its answer's, and where it goes. The
 * filters of the rule come first on the way in, and last on the way out; those of the backend that was chosen stand between.
 */
final class Course {
    private final Route route;
    private final Destination addressed;
    private final RequestHead head;
    private final @Nullable String origin;
    private @Nullable WeightedBackend backend;
    private @Nullable Session session;
    private boolean rewritten;

    /** @param head which the course edits */
    Course(Route route, Destination addressed, RequestHead head) {
        this.route = route;
        this.addressed = addressed;
        this.head = head;
        this.origin = route.rule().cors() ? head.headers().get(HttpHeaderNames.ORIGIN) : null;
    }

    RouteRule rule() {
        return route.rule();
    }

    /** What endpoints of a destination are taken to speak: a route of gRPC says so for all of them. */
    AppProtocol spokenAt(Destination destination) {
        return rule().grpc() ? AppProtocol.GRPC : destination.protocol();
    }

    /** The backend that was chosen; null before that, and where there is none. */
    @Nullable
    WeightedBackend backend() {
        return backend;
    }

    /** The filters of the backend that was chosen. */
    Filters backendFilters() {
        WeightedBackend chosen = backend;
        return chosen == null ? Filters.NONE : chosen.filters();
    }

    /**
     * Chooses the backend: that of the session, else whose turn it is. Null where requests cannot be sent.
     *
     * @param takesTurn false to leave the turn to the next request
     */
    @Nullable
    RouteBackend choose(WorkloadIndex index, boolean takesTurn) {
        SessionRules sessions = route.rule().session();
        WeightedBackend chosen = null;
        if (sessions != null) {
            Session own = Session.of(route.rule(), sessions, head, index);
            session = own;
            chosen = own.backend();
        }
        if (chosen == null) {
            chosen = takesTurn ? route.backends().next() : route.backends().upcoming();
        }
        backend = chosen;
        return chosen == null || chosen.backend() instanceof RouteBackend.Invalid ? null : chosen.backend();
    }

    /** The endpoint that the session belongs to, by its workload's uid; null for none. */
    @Nullable
    String sessionUid() {
        Session own = session;
        return own == null ? null : own.uid();
    }

    /** Whether these filters answer the request themselves; if so, {@code reply} is told how. */
    boolean isAnswered(Filters filters, Replier reply) {
        Cors cors = filters.cors();
        if (cors != null && Cors.isPreflight(head)) {
            reply.reply(LocalReply.PREFLIGHT, answer -> cors.preflight(head, answer));
            return true;
        }
        Redirect redirect = filters.redirect();
        if (redirect == null) {
            return false;
        }
        String location = redirect.location(head, isSecure() ? "https" : "http", addressed.port(), route.prefix());
        reply.reply(LocalReply.redirect(redirect.status()), answer -> answer.set(HttpHeaderNames.LOCATION, location));
        return true;
    }

    /** Answers the client. */
    interface Replier {
        void reply(LocalReply reply, Consumer<HttpHeaders> edits);
    }

    boolean isSecure() {
        return addressed instanceof Destination.OfListener listener && listener.secure();
    }

    /** Edits the request's head. */
    void editRequest(Filters filters) {
        if (filters != Filters.NONE) {
            filters.request().apply(head.headers());
            if (filters.rewrite() != null) {
                filters.rewrite().apply(head, route.prefix(), rewritten);
                rewritten |= filters.rewrite().path() != null;
            }
        }
    }

    /** Edits the head of the answer, whoever gave it. */
    void editAnswer(HttpHeaders answer) {
        editAnswer(backendFilters(), answer);
        editAnswer(route.rule().filters(), answer);
    }

    private void editAnswer(Filters filters, HttpHeaders answer) {
        if (filters != Filters.NONE) {
            filters.response().apply(answer);
            if (filters.cors() != null && !Cors.isPreflight(head)) {
                filters.cors().actual(origin, answer);
            }
        }
    }

    /** Lets the client keep to the endpoint that answered. */
    void keepSession(HttpHeaders answer, String workloadUid) {
        Session own = session;
        WeightedBackend chosen = backend;
        if (own != null && chosen != null) {
            own.answer(answer, chosen, workloadUid, isSecure());
        }
    }
}
