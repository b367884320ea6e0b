package io.periplus.waypoint.authz;

import io.periplus.dataplane.policy.CustomMatch;
import io.periplus.waypoint.exchange.Gate;
import io.periplus.waypoint.exchange.LocalReply;
import io.periplus.waypoint.exchange.RequestContext;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /** All that apply have to allow, so one that cannot be asked is enough. */
    @Override
    public @Nullable LocalReply refusal(RequestContext request) {
        Set<String> seen = new HashSet<>();
        for (CustomMatch match = Matches.first(request); match != null; match = Matches.next(request, seen)) {
            if (!match.dryRun() && providers.get(match.provider()) == null) {
                return LocalReply.of(match.unanswered());
            }
            seen.add(match.provider());
        }
        return null;
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
