package io.periplus.policytest;

import io.periplus.api.why.HeaderField;
import io.periplus.api.why.HttpQuestion;
import io.periplus.dataplane.http.PathNormalization;
import io.periplus.dataplane.http.RequestException;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.CustomMatch;
import io.periplus.dataplane.policy.RequestAttributes;
import io.periplus.waypoint.authn.TokenCheck;
import io.periplus.waypoint.exchange.Admission;
import io.periplus.waypoint.exchange.ConnectionGate;
import io.periplus.waypoint.exchange.LocalReply;
import io.periplus.waypoint.exchange.RequestsOnly;
import io.periplus.waypoint.exchange.UnsentRequest;
import io.periplus.waypoint.explain.Heads;
import io.periplus.waypoint.mesh.Destination;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A case on its way through a waypoint or Gateway, in the order of such a proxy: what it answers to requests that nobody can
 * serve, external authorizers, tokens, then the policies for what was addressed.
 */
final class Passage {
    private final Case given;
    private final L7Proxy proxy;
    private final Destination addressed;
    private final ConnectionAttributes connection;
    private final String proxyName;
    private final Journey journey;
    private @Nullable UnsentRequest request;

    /** @param proxyName for people: {@code waypoint shop/waypoint} */
    Passage(
            Case given,
            L7Proxy proxy,
            String proxyName,
            Destination addressed,
            ConnectionAttributes connection,
            Journey journey) {
        this.given = given;
        this.proxy = proxy;
        this.proxyName = proxyName;
        this.addressed = addressed;
        this.connection = connection;
        this.journey = journey;
    }

    /**
     * The whole way.
     *
     * @param host what the client calls where the case does not say; null for a connection that is passed through as bytes
     * @param point what the policies are about
     */
    void go(
            @Nullable String host,
            boolean secure,
            PathNormalization paths,
            Admission admission,
            TestTokens signer,
            String point) {
        Case.Request asked = given.request();
        if (asked != null && host != null && !receive(asked, host, secure, paths, admission, signer)) {
            return;
        }
        if (!carriesWhatIsChecked() || !custom() || !tokens()) {
            return;
        }
        journey.judged(
                point,
                proxy.policies().explainService(addressed.namespace(), addressed.hostname(), attributes(connection)));
    }

    /** What policies may ask of the case at that hop. */
    RequestAttributes attributes(ConnectionAttributes hop) {
        return request == null ? hop : request.attributes(hop);
    }

    private boolean receive(
            Case.Request asked,
            String host,
            boolean secure,
            PathNormalization paths,
            Admission admission,
            TestTokens signer) {
        String authority = asked.host().isEmpty() ? host : asked.host();
        List<HeaderField> fields = asked.headers();
        try {
            RequestHead head =
                    Heads.of(new HttpQuestion(asked.method(), asked.path(), authority, fields), secure, host, paths);
            if (given.claims() != null) {
                signer.put(given.claims(), proxy.accepted(), head);
            }
            request = new UnsentRequest(head, admission, addressed instanceof Destination.OfListener);
            proxy.tokens().clean(addressed, head);
            return true;
        } catch (RequestException e) {
            journey.stopped(
                    proxyName + ", request",
                    proxyName + " answers with status " + e.error().status() + ": "
                            + e.error().details().replace('_', ' '));
            return false;
        }
    }

    /** Bytes on a port that nobody declared would pass by what only requests can be put to. */
    private boolean carriesWhatIsChecked() {
        LocalReply refusal = request != null
                ? null
                : new RequestsOnly(
                                List.of(new RequestsOnly.Check("request_authentication", proxy.tokens()::verifies)),
                                ConnectionGate.CLOSED)
                        .refusal(addressed);
        if (refusal != null) {
            journey.stopped(proxyName + ", connection", proxyName + " ends the connection: " + refusal.body());
        }
        return refusal == null;
    }

    /** Every provider is asked once, and all have to allow; what they say only the case can tell. */
    private boolean custom() {
        Set<String> asked = new HashSet<>();
        RequestAttributes attributes = attributes(connection);
        CustomMatch match;
        while ((match = proxy.policies().custom(addressed.namespace(), addressed.hostname(), attributes, asked))
                != null) {
            asked.add(match.provider());
            if (!match.dryRun() && !journey.asked(proxyName, match, given.answerOf(match.provider()))) {
                return false;
            }
        }
        return true;
    }

    private boolean tokens() {
        UnsentRequest with = request;
        if (with == null) {
            return true;
        }
        return switch (proxy.tokens().of(addressed, with.head())) {
            case TokenCheck.Result.None _ -> true;
            case TokenCheck.Result.Accepted accepted -> {
                with.token(accepted.token());
                yield true;
            }
            case TokenCheck.Result.Refused refused -> {
                journey.stopped(
                        proxyName + ", token",
                        proxyName + " answers with status " + refused.status() + ": " + refused.text());
                yield false;
            }
        };
    }
}
