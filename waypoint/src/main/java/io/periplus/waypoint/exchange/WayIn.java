package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.PolicySet;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.route.Filters;
import io.periplus.waypoint.route.NoRoute;
import io.periplus.waypoint.route.Route;
import io.periplus.waypoint.route.RouteBackend;
import io.periplus.waypoint.route.match.HostIndex;
import io.periplus.waypoint.upstream.DynamicHosts;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way of a request from its arrival to the destination that shall answer it.
 *
 * <pre>
 * external authorizers -> tokens -> policies -> route -> limits -> rule's filters -> backend -> its filters
 * </pre>
 *
 * Each step may answer the request instead.
 */
final class WayIn implements Gate.Passage {
    /** Where a way in leads. */
    interface End {
        /** Not there yet, but whoever was asked and the policies allow the request, which its route has not changed so far. */
        default void allowed() {}

        /** To an answer that the proxy gives itself. */
        void answer(LocalReply reply, Consumer<HttpHeaders> edits);

        /** To a destination. */
        void send(Course way, Destination target);
    }

    private enum Step {
        CUSTOM,
        TOKENS,
        LIMITS,
        PASSED
    }

    private final RequestContext request;
    private final ExchangeRecord record;
    private final End end;
    private Step step = Step.CUSTOM;
    private @Nullable Course course;

    WayIn(RequestContext request, ExchangeRecord record, End end) {
        this.request = request;
        this.record = record;
        this.end = end;
    }

    void begin() {
        gates().tokens().clean(request);
        gates().custom().enter(request, this);
    }

    /** The route's part in the request; null before it is known. */
    @Nullable
    Course course() {
        return course;
    }

    /** The request is over: whatever a gate says from now on comes too late. */
    void abandon() {
        step = Step.PASSED;
        request.end();
    }

    private Gates gates() {
        return request.services().gates();
    }

    @Override
    public void pass() {
        switch (step) {
            case CUSTOM -> {
                step = Step.TOKENS;
                gates().tokens().enter(request, this);
            }
            case TOKENS -> {
                step = Step.LIMITS;
                judge();
            }
            case LIMITS -> {
                step = Step.PASSED;
                Course way = course;
                if (way != null) {
                    follow(way);
                }
            }
            case PASSED -> {} // ended meanwhile
        }
    }

    @Override
    public void refuse(LocalReply reply, Consumer<HttpHeaders> edits) {
        if (step != Step.PASSED) {
            step = Step.PASSED;
            end.answer(reply, edits);
        }
    }

    private void judge() {
        Destination addressed = request.addressed();
        PolicySet policies = request.mesh().policies();
        record.marked(policies.marksOfService(addressed.namespace(), addressed.hostname(), request.attributes()));
        if (policies.authorizeService(addressed.namespace(), addressed.hostname(), request.attributes())
                instanceof Decision.Denied denied) {
            refuse(LocalReply.of(denied));
            return;
        }
        end.allowed();
        if (isNowhere(addressed)) {
            refuse(LocalReply.of(NoRoute.NOT_FOUND));
            return;
        }
        switch (request.routing()) {
            case NoRoute none -> refuse(LocalReply.of(none));
            case Route route -> routed(route);
        }
    }

    private void routed(Route route) {
        record.route(route.name());
        request.route(route);
        course = new Course(route, request.addressed(), request.head());
        gates().limits().enter(request, this);
    }

    private void follow(Course way) {
        if (!way.rule().unusable().isEmpty()) {
            end.answer(LocalReply.UNUSABLE_RULE, _ -> {});
            return;
        }
        Filters ofRule = way.rule().filters();
        if (ofRule != Filters.NONE && way.isAnswered(ofRule, end::answer)) {
            return;
        }
        RouteBackend backend = way.choose(request.mesh().index(), request.takesTurns());
        if (backend == null) {
            end.answer(LocalReply.NO_BACKEND, _ -> {});
            return;
        }
        way.editRequest(ofRule);
        Filters ofBackend = way.backendFilters();
        if (ofBackend != Filters.NONE && way.isAnswered(ofBackend, end::answer)) {
            return;
        }
        way.editRequest(ofBackend);
        Destination found = backend.resolve(request.mesh().index(), request.addressed());
        if (found == null) {
            end.answer(LocalReply.UNKNOWN_BACKEND, _ -> {});
        } else if (isNowhere(found)) {
            end.answer(LocalReply.of(NoRoute.NOT_FOUND), _ -> {});
        } else {
            end.send(way, found);
        }
    }

    /** A wildcard is no host: the request has to name one that it stands for. */
    private boolean isNowhere(Destination destination) {
        return DynamicHosts.mayBeDynamic(destination)
                && DynamicHosts.areOutside(
                        request.mesh().index(),
                        destination,
                        HostIndex.hostOf(request.head().authority()));
    }
}
