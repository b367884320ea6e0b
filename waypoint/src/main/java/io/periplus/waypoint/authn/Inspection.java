package io.periplus.waypoint.authn;

import io.periplus.waypoint.exchange.Gate;
import io.periplus.waypoint.exchange.RequestContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one request, one after the other:
 *
 * <pre>
 *   known -> holds now, for one of the rules            -> next
 *   new   -> in form, issuer, time, audience -> elsewhere: signature -> next
 *   anything else                                        -> refused
 * </pre>
 */
final class Inspection {
    private final TokenGate gate;
    private final RequestContext request;
    private final Gate.Passage passage;
    private final List<FoundToken> found;
    private final List<Accepted> accepted = new ArrayList<>(1);
    private int at;
    private volatile boolean ended;
    private volatile @Nullable CompiledRule verifiedBy;
    private boolean watched;

    Inspection(TokenGate gate, RequestContext request, Gate.Passage passage, List<FoundToken> found) {
        this.gate = gate;
        this.request = request;
        this.passage = passage;
        this.found = found;
    }

    void step() {
        if (found.size() > TokenRules.TOKENS_MOST) {
            refuse(TokenError.TOO_MANY);
            return;
        }
        while (at < found.size()) {
            if (!inspect(found.get(at))) {
                return;
            }
            at++;
        }
        request.token(Outputs.apply(request.head(), accepted));
        passage.pass();
    }

    /** True if the token holds; false if it was refused, or is being verified. */
    private boolean inspect(FoundToken token) {
        return switch (Judgement.of(token, gate.known(token.text()), gate.nowSeconds())) {
            case Judgement.Holds(VerifiedToken known, CompiledRule rule) ->
                accepted.add(new Accepted(known, rule, token.place()));
            case Judgement.Wrong(TokenError error) -> {
                refuse(error);
                yield false;
            }
            case Judgement.Unverified unverified -> {
                verify(token, unverified);
                yield false;
            }
        };
    }

    private void verify(FoundToken token, Judgement.Unverified unverified) {
        if (!watched) {
            watched = true;
            request.onEnd(() -> ended = true);
        }
        if (gate.waits(token.text(), this::again)) {
            return;
        }
        verifiedBy = null;
        boolean taken = gate.elsewhere(
                token.text(),
                () -> {
                    // Elsewhere: whatever goes wrong there, nothing was verified.
                    verifiedBy = ended ? null : unverified.verify();
                },
                () -> verified(token, unverified.token()));
        if (!taken) {
            refuse(TokenError.OVERLOADED);
        }
    }

    private void verified(FoundToken token, Jwt jwt) {
        CompiledRule rule = verifiedBy;
        if (rule == null) {
            refuse(TokenError.WRONG_SIGNATURE);
            return;
        }
        VerifiedToken verified = new VerifiedToken(jwt, rule.keys());
        gate.learned(token.text(), verified);
        accepted.add(new Accepted(verified, rule, token.place()));
        at++;
        step();
    }

    private void again() {
        if (!ended) {
            step();
        }
    }

    private void refuse(TokenError why) {
        passage.refuse(Refusal.of(why), answer -> Refusal.challenge(why, request.head(), answer));
    }
}
