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
    /** Nobody needs as many; each may cost a verification. */
    private static final int TOKENS_MOST = 8;

    private final TokenGate gate;
    private final RequestContext request;
    private final Gate.Passage passage;
    private final List<FoundToken> found;
    private final List<Accepted> accepted = new ArrayList<>(1);
    private int at;
    private volatile boolean ended;
    private volatile @Nullable CompiledRule verifiedBy;
    private volatile TokenError error = TokenError.WRONG_SIGNATURE;

    Inspection(TokenGate gate, RequestContext request, Gate.Passage passage, List<FoundToken> found) {
        this.gate = gate;
        this.request = request;
        this.passage = passage;
        this.found = found;
    }

    void step() {
        if (found.size() > TOKENS_MOST) {
            refuse(TokenError.TOO_MANY);
            return;
        }
        while (at < found.size()) {
            if (!inspect(found.get(at))) {
                return;
            }
            at++;
        }
        Outputs.apply(request, accepted);
        passage.pass();
    }

    /** True if the token holds; false if it was refused, or is being verified. */
    private boolean inspect(FoundToken token) {
        VerifiedToken known = gate.known(token.text());
        Jwt jwt;
        try {
            jwt = known != null ? known.token() : Jwt.parse(token.text());
        } catch (TokenException e) {
            refuse(e.error());
            return false;
        }
        TokenError why = TokenError.UNKNOWN_ISSUER;
        List<CompiledRule> unverified = new ArrayList<>(1);
        for (CompiledRule rule : token.rules()) {
            if (rule.issuer().isEmpty() || !rule.issuer().equals(jwt.issuer())) {
                continue;
            }
            TokenError wrong = wrong(jwt, rule);
            if (wrong != null) {
                why = wrong;
            } else if (known != null && known.holdsFor(rule.keys())) {
                accepted.add(new Accepted(known, rule, token.place()));
                return true;
            } else {
                unverified.add(rule);
            }
        }
        if (unverified.isEmpty()) {
            refuse(why);
        } else {
            verify(token.text(), jwt, unverified);
        }
        return false;
    }

    private @Nullable TokenError wrong(Jwt jwt, CompiledRule rule) {
        TokenError time = jwt.timeError(gate.nowSeconds());
        if (time != null) {
            return time;
        }
        return rule.audiences().allow(jwt.audiences()) ? rule.keys().error() : TokenError.WRONG_AUDIENCE;
    }

    private void verify(String text, Jwt jwt, List<CompiledRule> rules) {
        if (gate.waits(text, this::again)) {
            return;
        }
        request.onEnd(() -> ended = true);
        verifiedBy = null;
        error = TokenError.WRONG_SIGNATURE;
        if (!gate.elsewhere(text, () -> tryAll(jwt, rules), () -> verified(text, jwt))) {
            refuse(TokenError.OVERLOADED);
        }
    }

    // Elsewhere. Whatever goes wrong here, nothing was verified.
    private void tryAll(Jwt jwt, List<CompiledRule> rules) {
        for (CompiledRule rule : rules) {
            if (ended) {
                return;
            }
            TokenError wrong = rule.keys().verify(jwt);
            if (wrong == null) {
                verifiedBy = rule;
                return;
            }
            error = wrong;
        }
    }

    private void verified(String text, Jwt jwt) {
        CompiledRule rule = verifiedBy;
        if (rule == null) {
            refuse(error);
            return;
        }
        VerifiedToken token = new VerifiedToken(jwt, rule.keys());
        gate.learned(text, token);
        accepted.add(new Accepted(token, rule, found.get(at).place()));
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
