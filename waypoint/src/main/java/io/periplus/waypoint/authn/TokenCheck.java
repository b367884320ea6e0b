package io.periplus.waypoint.authn;

import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.exchange.ValidatedToken;
import io.periplus.waypoint.mesh.Destination;
import java.util.ArrayList;
import java.util.List;

/**
 * What the gate would say of a request's tokens, said at once by whoever has the time: for judgements offline and for measurements.
 * Remembers tokens as the gate does. Belongs to one thread.
 */
public final class TokenCheck {
    private static final int MILLIS = 1000;

    private final AuthenticationStore store;
    private final TokenCache cache = new TokenCache();

    /** What is said. */
    public sealed interface Result {
        /** There is no token, or none that anybody asks about. */
        record None() implements Result {}

        /** The answer to the client. */
        record Refused(int status, String text) implements Result {}

        /** What policies are told. */
        record Accepted(ValidatedToken token) implements Result {}
    }

    public TokenCheck(AuthenticationStore store) {
        this.store = store;
    }

    /** Whether the tokens of requests for a destination are verified. */
    public boolean verifies(Destination addressed) {
        return store.compiled().of(addressed) != null;
    }

    /** Removes what a client says in the rules' name, before anybody looks at the request. */
    public void clean(Destination addressed, RequestHead head) {
        TokenRules rules = store.compiled().of(addressed);
        if (rules != null) {
            rules.clean(head.headers());
        }
    }

    /** The result for a request, which loses and gains what it does at the gate. */
    public Result of(Destination addressed, RequestHead head) {
        TokenRules rules = store.compiled().of(addressed);
        List<FoundToken> found = rules == null ? List.of() : rules.take(head);
        if (found.size() > TokenRules.TOKENS_MOST) {
            return new Result.Refused(TokenError.TOO_MANY.status(), TokenError.TOO_MANY.text());
        }
        List<Accepted> accepted = new ArrayList<>(found.size());
        for (FoundToken token : found) {
            switch (settled(token)) {
                case Judgement.Wrong(TokenError error) -> {
                    return new Result.Refused(error.status(), error.text());
                }
                case Judgement.Holds(VerifiedToken verified, CompiledRule rule) ->
                    accepted.add(new Accepted(verified, rule, token.place()));
                case Judgement.Unverified ignored -> throw new IllegalStateException("settled, and not verified");
            }
        }
        return accepted.isEmpty() ? new Result.None() : new Result.Accepted(Outputs.apply(head, accepted));
    }

    private Judgement settled(FoundToken token) {
        Judgement judgement = Judgement.of(token, cache.get(token.text()), System.currentTimeMillis() / MILLIS);
        if (!(judgement instanceof Judgement.Unverified unverified)) {
            return judgement;
        }
        CompiledRule rule = unverified.verify();
        if (rule == null) {
            return new Judgement.Wrong(TokenError.WRONG_SIGNATURE);
        }
        VerifiedToken verified = new VerifiedToken(unverified.token(), rule.keys());
        cache.put(token.text(), verified);
        return new Judgement.Holds(verified, rule);
    }
}
