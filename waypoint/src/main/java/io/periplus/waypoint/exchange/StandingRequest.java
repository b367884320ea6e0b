package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.policy.CompiledPolicy;
import io.periplus.dataplane.policy.Decision;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.upstream.Backend;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request that turned its connection into one of another protocol: it stands for the bytes that follow, and is judged again
 * when policies or workloads change, as it was when it was allowed. Its token is not verified again.
 */
final class StandingRequest {
    private final RequestContext request;
    private final RequestContext allowed;
    private final Runnable judgement = this::judge;
    /** The CUSTOM policies for which it was admitted. */
    private List<CompiledPolicy> custom;

    private @Nullable RequestContext asking;
    private @Nullable Backend endpoint;
    private Consumer<LocalReply> onRefusal = _ -> {};

    /** @param request that was just allowed; its route has not changed it yet */
    StandingRequest(RequestContext request) {
        this.request = request;
        this.allowed = request.under(request.mesh());
        this.custom = policies(allowed);
    }

    private static List<CompiledPolicy> policies(RequestContext context) {
        return ConnectionGate.policies(context.addressed(), context.mesh(), context.attributes());
    }

    /**
     * Bytes flow from here on.
     *
     * @param refused ends the connection, with the reason that the access log shows
     */
    void begin(Backend reached, Consumer<LocalReply> refused) {
        endpoint = reached;
        onRefusal = refused;
        request.services().standing().add(judgement);
        if (request.services().mesh().policies().current() != request.mesh().policies()) {
            judge();
        }
    }

    /** The connection is over. */
    void end() {
        request.services().standing().remove(judgement);
        endpoint = null;
        RequestContext open = asking;
        if (open != null) {
            open.end();
        }
    }

    private void judge() {
        Backend reached = endpoint;
        if (reached == null) {
            return;
        }
        RequestContext again = allowed.under(request.services().mesh().snapshot());
        if (decide(again, reached) instanceof Decision.Denied denied) {
            onRefusal.accept(LocalReply.of(denied));
        } else {
            ask(again);
        }
    }

    private Decision decide(RequestContext again, Backend reached) {
        MeshSnapshot now = again.mesh();
        Destination addressed = again.addressed();
        Decision decision =
                now.policies().authorizeService(addressed.namespace(), addressed.hostname(), again.attributes());
        ClientConnection connection = request.connection();
        return decision instanceof Decision.Allowed && !connection.atEdge()
                ? now.policies()
                        .authorizeWorkload(
                                reached.newest(now.index()), request.attributes(connection.attributesAt(reached)))
                : decision;
    }

    /** Authorizers are asked again where other policies want them to be. */
    private void ask(RequestContext again) {
        List<CompiledPolicy> present = policies(again);
        if (present.equals(custom)) {
            return;
        }
        custom = present;
        asking = again;
        request.services().gates().custom().enter(again, new Gate.Passage() {
            @Override
            public void pass() {
                // It goes on as it is.
            }

            @Override
            public void refuse(LocalReply reply, Consumer<HttpHeaders> edits) {
                if (endpoint != null) {
                    onRefusal.accept(reply);
                }
            }
        });
    }
}
