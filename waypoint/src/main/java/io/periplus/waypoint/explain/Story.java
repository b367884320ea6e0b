package io.periplus.waypoint.explain;

import io.periplus.api.why.Answer;
import io.periplus.api.why.Hop;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Target;
import io.periplus.dataplane.explain.Judgements;
import io.periplus.dataplane.explain.Names;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.Explanation;
import io.periplus.waypoint.exchange.LocalReply;
import io.periplus.waypoint.exchange.Trial;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.upstream.Backend;
import io.periplus.waypoint.upstream.Host;
import io.periplus.waypoint.upstream.MeshConnector;
import io.periplus.wire.workload.AppProtocol;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells the outcome of a trial. */
final class Story {
    private static final int FAILURE = 400;

    private final Answer.Builder answer;
    private final String identity;
    private final Destination addressed;
    private final String routeKind;
    private final Trial.Outcome outcome;

    /**
     * @param identity of this proxy
     * @param routeKind of the routes that may govern, such as {@code HTTPRoute}
     */
    Story(ProxyName self, String identity, Destination addressed, String routeKind, Trial.Outcome outcome) {
        this.answer = new Answer.Builder(self);
        this.identity = identity;
        this.addressed = addressed;
        this.routeKind = routeKind;
        this.outcome = outcome;
    }

    Answer told() {
        answer.target(target());
        custom();
        if (outcome.token() != null) {
            answer.note("token of " + outcome.token().principal() + " is valid");
        }
        judged(pointOf(addressed), outcome.ofService());
        if (outcome.route() != null) {
            answer.route(RouteText.of(outcome.route(), routeKind, outcome.backend()));
        }
        Host chosen = null;
        if (outcome.target() != null && outcome.endpoints() != null) {
            answer.endpoints(EndpointText.of(outcome.target(), outcome.endpoints()));
            chosen = EndpointText.chosen(outcome.endpoints());
        }
        if (chosen != null && outcome.ofEndpoint() != null) {
            judged("workload " + Names.of(chosen.backend().workload()), outcome.ofEndpoint());
        }
        LocalReply reply = outcome.reply();
        if (reply != null) {
            return answered(reply);
        }
        return chosen == null
                ? answer.failed("no endpoint was chosen", null)
                : answer.goesOn("goes to " + nameOf(chosen.backend()), hop(chosen.backend()));
    }

    private void custom() {
        var custom = outcome.custom();
        if (custom != null) {
            answer.undecided(
                    "CUSTOM policy " + custom.policy().key() + " asks provider " + custom.provider()
                            + ", which is not asked for an explanation",
                    "AuthorizationPolicy " + custom.policy().key());
        }
    }

    private void judged(String point, @Nullable Explanation explanation) {
        if (explanation != null) {
            answer.judged(Judgements.of(point, explanation), explanation.changes());
        }
    }

    private Answer answered(LocalReply reply) {
        Decision.Denied denied = reply.denied();
        if (denied != null) {
            return answer.denied(
                    denied.why(), denied.policy() == null ? null : "AuthorizationPolicy " + denied.policy());
        }
        String what = "this proxy answers with status " + reply.status();
        if (reply.status() < FAILURE) {
            return answer.arrives(
                    what + (outcome.location() == null ? "" : ", sending the client to " + outcome.location()));
        }
        if (outcome.ofService() == null) {
            return answer.denied(
                    what + (reply.body().isEmpty() ? "" : ": " + reply.body()),
                    "RequestAuthentication for " + pointOf(addressed));
        }
        String because = reply.body().isEmpty() ? reply.details() : reply.body();
        String by = answer.takenRoute();
        advise(reply);
        return answer.failed(what + ": " + because.replace('_', ' '), by == null ? pointOf(addressed) : by);
    }

    private void advise(LocalReply reply) {
        switch (reply.details()) {
            case "route_not_found" ->
                answer.advise(
                        "routes exist for what was addressed and none matches: change the request, or add a rule");
            case "no_healthy_upstream" -> answer.advise("make an endpoint of the service ready");
            case "cluster_not_found" -> answer.advise("give the rule a backend that exists");
            default -> {}
        }
    }

    private Target target() {
        String protocol = addressed.protocol() == AppProtocol.UNKNOWN
                ? ""
                : addressed.protocol().name();
        String address = addressed.address().toString();
        return switch (addressed) {
            case Destination.OfService service ->
                new Target("service", service.key(), address, service.port(), protocol);
            case Destination.OfWorkload workload ->
                new Target("workload", Names.of(workload.workload()).toString(), address, workload.port(), protocol);
            case Destination.OfListener listener ->
                new Target(
                        "gateway", listener.namespace() + "/" + listener.gateway(), address, listener.port(), protocol);
        };
    }

    private static String pointOf(Destination destination) {
        return switch (destination) {
            case Destination.OfService service -> "service " + service.key();
            case Destination.OfWorkload workload -> "workload " + Names.of(workload.workload());
            case Destination.OfListener listener -> "gateway " + listener.namespace() + "/" + listener.gateway();
        };
    }

    private static String nameOf(Backend backend) {
        return backend.workload().getUid().isEmpty()
                ? backend.toString()
                : Names.of(backend.workload()).toString();
    }

    private Hop hop(Backend backend) {
        boolean known = !backend.workload().getUid().isEmpty();
        InetSocketAddress end = backend.tunnelEnd();
        String address = end != null
                ? Names.of(end)
                : backend.tunnelled()
                        ? Names.of(new InetSocketAddress(backend.address().getAddress(), MeshConnector.HBONE_PORT))
                        : backend.toString();
        return new Hop(
                end != null ? "waypoint" : known ? "workload" : "unknown",
                null,
                known ? Names.of(backend.workload()) : null,
                backend.workload().getNode(),
                backend.workload().getClusterId(),
                address,
                backend.tunnelled(),
                backend.tunnelled() ? backend.toString() : null,
                backend.tunnelled() ? identity : null,
                backend.tunnelled()
                        ? List.of(WorkloadIdentity.of(backend.workload()).toString())
                        : List.of());
    }
}
