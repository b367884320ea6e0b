package io.periplus.waypoint.authz;

import io.periplus.dataplane.policy.CustomMatch;
import io.periplus.waypoint.exchange.Gate;
import io.periplus.waypoint.exchange.RequestContext;

/** Has external authorizers asked about requests that CUSTOM policies match, one provider after the other. */
public final class CustomGate implements Gate {
    private final ProviderStore providers;
    private final AuthorizerMetrics metrics;

    public CustomGate(ProviderStore providers, AuthorizerMetrics metrics) {
        this.providers = providers;
        this.metrics = metrics;
    }

    @Override
    public boolean asks(RequestContext request) {
        CustomMatch match = Matches.first(request);
        return match != null && providers.get(match.provider()) != null;
    }

    @Override
    public void enter(RequestContext request, Passage passage) {
        CustomMatch match = Matches.first(request);
        if (match == null) {
            passage.pass();
        } else {
            new RequestCheck(request, passage, providers, metrics).ask(match);
        }
    }
}
