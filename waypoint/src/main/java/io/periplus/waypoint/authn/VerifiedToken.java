package io.periplus.waypoint.authn;

import io.periplus.waypoint.exchange.ValidatedToken;
import org.jspecify.annotations.Nullable;

/** A token whose signature was verified with a set of keys. Belongs to one event loop. */
final class VerifiedToken {
    private final Jwt token;
    private final KeySet keys;
    private @Nullable CompiledRule viewedBy;
    private @Nullable ValidatedToken view;

    VerifiedToken(Jwt token, KeySet keys) {
        this.token = token;
        this.keys = keys;
    }

    Jwt token() {
        return token;
    }

    /** Whether these are the keys it was verified with: keys that came since may not have made it. */
    boolean holdsFor(KeySet current) {
        return keys == current;
    }

    /** What policies are told, by the rule that accepted it. */
    ValidatedToken as(CompiledRule rule) {
        ValidatedToken known = view;
        if (known == null || viewedBy != rule) {
            String subject = token.subject();
            known = new ValidatedToken(subject.isEmpty() ? null : rule.issuer() + "/" + subject, rule.claims(token));
            view = known;
            viewedBy = rule;
        }
        return known;
    }
}
