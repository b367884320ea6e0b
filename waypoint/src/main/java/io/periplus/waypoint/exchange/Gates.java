package io.periplus.waypoint.exchange;

import io.periplus.dataplane.policy.CustomMatch;
import io.periplus.waypoint.mesh.Destination;

/**
 * The gates of one event loop, in the order in which requests come to them.
 *
 * @param custom asks external authorizers what CUSTOM policies want to be asked; first of all
 * @param tokens verifies tokens, before the policies that may speak of them
 * @param limits counts requests down, after they were allowed and routed
 * @param connections what {@code custom} is to requests, to connections that are passed through as bytes
 */
public record Gates(Gate custom, Gate tokens, Gate limits, ConnectionGate connections) {
    /** Without external authorizers: what a CUSTOM policy wants to be asked is refused. Everything else passes. */
    public static final Gates DEFAULT = new Gates(Gates::nobodyToAsk, Gate.OPEN, Gate.OPEN);

    /** For requests; connections for which somebody would have to be asked are refused. */
    public Gates(Gate custom, Gate tokens, Gate limits) {
        this(custom, tokens, limits, ConnectionGate.CLOSED);
    }

    /** The same with authorizers that are asked. */
    public Gates withCustom(Gate requests, ConnectionGate bytes) {
        return new Gates(requests, tokens, limits, bytes);
    }

    private static void nobodyToAsk(RequestContext request, Gate.Passage passage) {
        Destination addressed = request.addressed();
        CustomMatch match =
                request.mesh().policies().custom(addressed.namespace(), addressed.hostname(), request.attributes());
        if (match == null || match.dryRun()) {
            passage.pass();
        } else {
            passage.refuse(LocalReply.of(match.unanswered()));
        }
    }
}
