package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.policy.CustomMatch;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.Explanation;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.route.NoRoute;
import io.periplus.waypoint.route.Route;
import io.periplus.waypoint.route.WeightedBackend;
import io.periplus.waypoint.telemetry.Telemetry;
import io.periplus.waypoint.upstream.Choice;
import io.periplus.waypoint.upstream.DynamicHosts;
import io.periplus.waypoint.upstream.Host;
import io.periplus.waypoint.upstream.View;
import io.periplus.waypoint.upstream.balance.Pick;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request that is only asked about. It goes the way of a real one, through the same {@link WayIn} and {@link Attempts}, with
 * three differences: external authorizers are not asked, limits are not counted down, and it takes nobody's turn. It ends
 * before an endpoint would be connected to. Lives on one event loop.
 */
public final class Trial implements WayIn.End {
    /** What came out, as far as it got. Fields that a step never reached are null. */
    public static final class Outcome {
        private @Nullable CustomMatch custom;
        private @Nullable ValidatedToken token;
        private @Nullable Explanation ofService;
        private @Nullable Route route;
        private @Nullable WeightedBackend backend;
        private @Nullable LocalReply reply;
        private @Nullable String location;
        private @Nullable Destination target;
        private @Nullable View endpoints;
        private @Nullable Explanation ofEndpoint;

        /** The CUSTOM policy whose authorizer a real request would wait for. */
        public @Nullable CustomMatch custom() {
            return custom;
        }

        /** The token that came with the request and was verified. */
        public @Nullable ValidatedToken token() {
            return token;
        }

        /** The policies for what was addressed. */
        public @Nullable Explanation ofService() {
            return ofService;
        }

        public @Nullable Route route() {
            return route;
        }

        /** The backend whose turn it is. */
        public @Nullable WeightedBackend backend() {
            return backend;
        }

        /** What this proxy answers itself. */
        public @Nullable LocalReply reply() {
            return reply;
        }

        /** Where {@link #reply} sends the client. */
        public @Nullable String location() {
            return location;
        }

        /** Where the route leads. */
        public @Nullable Destination target() {
            return target;
        }

        /** What is chosen among, and what would be chosen. */
        public @Nullable View endpoints() {
            return endpoints;
        }

        /** The policies for the endpoint that would be chosen; null where none are judged here. */
        public @Nullable Explanation ofEndpoint() {
            return ofEndpoint;
        }
    }

    private final Gates real;
    private final RequestContext request;
    private final WayIn way;
    private final Outcome outcome = new Outcome();
    private final Consumer<Outcome> then;

    private Trial(LoopServices services, ClientConnection connection, RequestHead head, Consumer<Outcome> then) {
        this.then = then;
        real = services.gates();
        Gates gates = new Gates(this::custom, new Tokens(), this::noteRoute);
        LoopServices own = services.with(gates, Telemetry.NONE);
        MeshSnapshot mesh = services.mesh().snapshot();
        request = new RequestContext(
                own, connection, head, mesh, HttpProtocol.HTTP1, (_, next) -> next.accept(BufferedBody.NONE), false);
        way = new WayIn(request, new ExchangeRecord(Telemetry.NONE, connection, mesh, HttpProtocol.HTTP1, head), this);
    }

    /**
     * Runs a trial.
     *
     * @param admission of the front that the request would come through
     * @param head which the trial edits as the way of a request does
     * @param then hears the outcome once, on the same event loop, at once unless a token's keys have to be fetched
     */
    public static void begin(
            LoopServices services,
            ClientConnection connection,
            Admission admission,
            RequestHead head,
            Consumer<Outcome> then) {
        HeaderRules.request(head, false, admission);
        new Trial(services, connection, head, then).way.begin();
    }

    /** The same for a connection whose bytes pass as they are. */
    public static Outcome ofBytes(LoopServices services, ClientConnection connection) {
        Outcome outcome = new Outcome();
        MeshSnapshot mesh = services.mesh().snapshot();
        CustomMatch match = ConnectionGate.match(connection, mesh);
        outcome.reply = services.gates().connections().refusal(connection, mesh);
        if (outcome.reply != null) {
            return outcome;
        }
        outcome.custom = match == null || match.dryRun() ? null : match;
        ConnectionPolicies policies = new ConnectionPolicies(connection);
        outcome.ofService = policies.explain(mesh);
        if (policies.judge(mesh) instanceof Decision.Denied denied) {
            outcome.reply = LocalReply.of(denied);
            return outcome;
        }
        SpiffeId peer = connection.peer();
        String clientNamespace = peer == null ? null : peer.namespace();
        Destination addressed = connection.destination();
        switch (services.routes().get().connection(addressed, clientNamespace, connection.serverName())) {
            case NoRoute none -> outcome.reply = LocalReply.of(none);
            case Route found -> follow(outcome, services, connection, mesh, found, connection.serverName());
        }
        return outcome;
    }

    private static void follow(
            Outcome outcome,
            LoopServices services,
            ClientConnection connection,
            MeshSnapshot mesh,
            Route found,
            String serverName) {
        outcome.route = found;
        outcome.backend = found.backends().upcoming();
        outcome.target = outcome.backend == null
                ? null
                : outcome.backend.backend().resolve(mesh.index(), connection.destination());
        if (outcome.target == null) {
            outcome.reply = LocalReply.UNKNOWN_BACKEND;
            return;
        }
        if (DynamicHosts.areOutside(mesh.index(), outcome.target, serverName)) {
            outcome.reply = LocalReply.of(NoRoute.NOT_FOUND);
            return;
        }
        View view = services.clusters().look(mesh, outcome.target, new Pick() {
            @Override
            public String host() {
                return serverName;
            }
        });
        outcome.endpoints = view;
        switch (view.choice()) {
            case Choice.Chosen(Host host) -> {
                ConnectionPolicies policies = new ConnectionPolicies(connection);
                outcome.ofEndpoint = policies.explain(host.backend(), mesh);
                if (policies.judge(host.backend(), mesh) instanceof Decision.Denied denied) {
                    outcome.reply = LocalReply.of(denied);
                }
            }
            case Choice.NoneHealthy _ -> outcome.reply = LocalReply.NO_HEALTHY_UPSTREAM;
            case Choice.Overflow _ -> outcome.reply = LocalReply.of(ResetReason.OVERFLOW, "", false);
        }
    }

    /** Who would be asked is noted; where nobody can be, the gate itself says what that means. */
    private void custom(RequestContext context, Gate.Passage passage) {
        LocalReply refusal = real.custom().refusal(context);
        if (refusal != null) {
            passage.refuse(refusal);
            return;
        }
        if (!real.custom().asks(context)) {
            real.custom().enter(context, passage);
            return;
        }
        Destination addressed = context.addressed();
        CustomMatch match =
                context.mesh().policies().custom(addressed.namespace(), addressed.hostname(), context.attributes());
        outcome.custom = match == null || match.dryRun() ? null : match;
        passage.pass();
    }

    /** As for a real request. */
    private final class Tokens implements Gate {
        @Override
        public void clean(RequestContext context) {
            real.tokens().clean(context);
        }

        @Override
        public void enter(RequestContext context, Passage passage) {
            real.tokens().enter(context, new PastTokens(passage));
        }
    }

    /** Past the tokens the policies are judged: with what they see is explained what they say. */
    private final class PastTokens implements Gate.Passage {
        private final Gate.Passage passage;

        private PastTokens(Gate.Passage passage) {
            this.passage = passage;
        }

        @Override
        public void pass() {
            Destination addressed = request.addressed();
            outcome.token = request.token();
            outcome.ofService = request.mesh()
                    .policies()
                    .explainService(addressed.namespace(), addressed.hostname(), request.attributes());
            passage.pass();
        }

        @Override
        public void refuse(LocalReply reply, Consumer<HttpHeaders> edits) {
            passage.refuse(reply, edits);
        }
    }

    private void noteRoute(RequestContext context, Gate.Passage passage) {
        outcome.route = context.route();
        passage.pass();
    }

    @Override
    public void answer(LocalReply reply, Consumer<HttpHeaders> edits) {
        HttpHeaders headers = new DefaultHttpHeaders();
        edits.accept(headers);
        outcome.reply = reply;
        outcome.location = headers.get("location");
        Course course = way.course();
        outcome.backend = course == null ? null : course.backend();
        end();
    }

    @Override
    public void send(Course course, Destination target) {
        outcome.backend = course.backend();
        outcome.target = target;
        Attempts attempts = new Attempts(request);
        attempts.prefer(course.sessionUid());
        View view = attempts.look(target);
        outcome.endpoints = view;
        switch (view.choice()) {
            case Choice.Chosen(Host host) -> {
                outcome.ofEndpoint = attempts.explain(host);
                if (attempts.judge(host) instanceof Decision.Denied denied) {
                    outcome.reply = LocalReply.of(denied);
                }
            }
            case Choice.NoneHealthy _ -> outcome.reply = LocalReply.NO_HEALTHY_UPSTREAM;
            case Choice.Overflow _ -> outcome.reply = LocalReply.of(ResetReason.OVERFLOW, "", false);
        }
        end();
    }

    private void end() {
        request.end();
        then.accept(outcome);
    }
}
