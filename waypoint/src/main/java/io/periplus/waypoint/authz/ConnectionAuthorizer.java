package io.periplus.waypoint.authz;

import io.periplus.dataplane.policy.CustomMatch;
import io.periplus.waypoint.authz.AuthorizerMetrics.Outcome;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.exchange.ConnectionGate;
import io.periplus.waypoint.exchange.LocalReply;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has authorizers asked about connections that are passed through as bytes. Only gRPC has words for them: where a provider
 * that speaks HTTP would have to be asked, the connection is refused, or, as upstream has it, nobody is asked.
 */
public final class ConnectionAuthorizer implements ConnectionGate {
    private final ProviderStore providers;
    private final AuthorizerMetrics metrics;
    private final boolean leavesHttpOut;

    /** @param leavesHttpOut whether connections pass where a provider that speaks HTTP would have to be asked */
    public ConnectionAuthorizer(ProviderStore providers, AuthorizerMetrics metrics, boolean leavesHttpOut) {
        this.providers = providers;
        this.metrics = metrics;
        this.leavesHttpOut = leavesHttpOut;
    }

    @Override
    public @Nullable LocalReply refusal(ClientConnection connection, MeshSnapshot mesh) {
        Destination addressed = connection.destination();
        Set<String> seen = new HashSet<>();
        CustomMatch match = ConnectionGate.match(connection, mesh);
        while (match != null) {
            if (!match.dryRun() && !canBeAsked(providers.get(match.provider()))) {
                return LocalReply.of(match.unanswered());
            }
            seen.add(match.provider());
            match = mesh.policies().custom(addressed.namespace(), addressed.hostname(), connection.attributes(), seen);
        }
        return null;
    }

    private boolean canBeAsked(@Nullable Provider provider) {
        return provider != null && (leavesHttpOut || !speaksHttp(provider));
    }

    private static boolean speaksHttp(Provider provider) {
        return provider.authorizer() instanceof HttpAuthorizer;
    }

    @Override
    public Runnable enter(LoopServices services, ClientConnection connection, MeshSnapshot mesh, Passage passage) {
        ConnectionCheck check = new ConnectionCheck(services, connection, mesh, passage);
        check.goOn();
        return check::abandon;
    }

    private final class ConnectionCheck {
        private final LoopServices services;
        private final ClientConnection connection;
        private final MeshSnapshot mesh;
        private final Passage passage;
        private final Set<String> asked = new HashSet<>();
        private @Nullable Check check;

        ConnectionCheck(LoopServices services, ClientConnection connection, MeshSnapshot mesh, Passage passage) {
            this.services = services;
            this.connection = connection;
            this.mesh = mesh;
            this.passage = passage;
        }

        /** The next provider's turn; all have to allow. */
        void goOn() {
            Destination addressed = connection.destination();
            CustomMatch match =
                    mesh.policies().custom(addressed.namespace(), addressed.hostname(), connection.attributes(), asked);
            if (match == null) {
                passage.pass();
                return;
            }
            asked.add(match.provider());
            Provider provider = providers.get(match.provider());
            if (provider != null && !speaksHttp(provider)) {
                ask(match, provider);
            } else if (provider != null && leavesHttpOut) {
                goOn();
            } else {
                Outcome outcome = provider == null ? Outcome.UNCONFIGURED : Outcome.UNASKABLE;
                metrics.ended(match.provider(), "tcp", outcome, match.dryRun());
                if (match.dryRun()) {
                    goOn();
                } else {
                    passage.refuse("", LocalReply.of(match.unanswered()).details());
                }
            }
        }

        private void ask(CustomMatch match, Provider provider) {
            Subject subject = new Subject(connection, null, null, null, match);
            if (match.dryRun()) {
                Check.begin(services, provider.rehearsed(), subject, metrics, _ -> {});
                goOn();
            } else {
                check = Check.begin(services, provider, subject, metrics, verdict -> judged(provider, verdict));
            }
        }

        private void judged(Provider provider, Verdict verdict) {
            switch (verdict) {
                case Verdict.Allowed _ -> goOn();
                case Verdict.Denied _ -> passage.refuse("UAEX", "ext_authz_denied");
                case Verdict.Failed _ -> {
                    if (provider.failOpen()) {
                        goOn();
                    } else {
                        passage.refuse("UAEX", "ext_authz_error");
                    }
                }
            }
        }

        void abandon() {
            Check open = check;
            if (open != null) {
                open.cancel();
            }
        }
    }
}
