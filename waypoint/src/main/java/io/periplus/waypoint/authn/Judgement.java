package io.periplus.waypoint.authn;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of a token at once, without looking at its signature. */
sealed interface Judgement {
    /** It was verified before, and holds now. */
    record Holds(VerifiedToken token, CompiledRule rule) implements Judgement {}

    /** It holds for none of the rules. */
    record Wrong(TokenError error) implements Judgement {}

    /** It is in order for these rules, if one of their keys signed it. */
    record Unverified(Jwt token, List<CompiledRule> rules) implements Judgement {
        /** The first rule whose keys signed it; null if none did. Takes long. */
        @Nullable
        CompiledRule verify() {
            for (CompiledRule rule : rules) {
                if (rule.keys().verify(token) == null) {
                    return rule;
                }
            }
            return null;
        }
    }

    /** @param known what was verified before; null for a token that is new */
    static Judgement of(FoundToken found, @Nullable VerifiedToken known, long nowSeconds) {
        Jwt token;
        try {
            token = known != null ? known.token() : Jwt.parse(found.text());
        } catch (TokenException e) {
            return new Wrong(e.error());
        }
        TokenError why = TokenError.UNKNOWN_ISSUER;
        List<CompiledRule> unverified = List.of();
        for (int i = 0; i < found.rules().size(); i++) {
            CompiledRule rule = found.rules().get(i);
            if (rule.issuer().isEmpty() || !rule.issuer().equals(token.issuer())) {
                continue;
            }
            TokenError wrong = wrong(token, rule, nowSeconds);
            if (wrong != null) {
                // Of several rules the one that came closest has its say; errors stand in the order of the checks.
                why = wrong.compareTo(why) > 0 ? wrong : why;
            } else if (known != null && known.holdsFor(rule.keys())) {
                return new Holds(known, rule);
            } else {
                unverified = unverified.isEmpty() ? new ArrayList<>(1) : unverified;
                unverified.add(rule);
            }
        }
        return unverified.isEmpty() ? new Wrong(why) : new Unverified(token, unverified);
    }

    private static @Nullable TokenError wrong(Jwt token, CompiledRule rule, long nowSeconds) {
        TokenError time = token.timeError(nowSeconds);
        if (time != null) {
            return time;
        }
        return rule.audiences().allow(token.audiences()) ? rule.keys().mismatch(token) : TokenError.WRONG_AUDIENCE;
    }
}
