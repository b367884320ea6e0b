package io.periplus.model.authn;

import io.periplus.api.security.RequestAuthentication;
import io.periplus.api.security.RequestAuthentication.JwtRule;
import io.periplus.wire.waypoint.ClaimHeader;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.TokenHeader;
import io.periplus.wire.waypoint.TokenRule;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** From a RequestAuthentication to the message that a proxy gets. */
final class TokenMessages {
    private TokenMessages() {}

    /**
     * The message.
     *
     * @param keys what was fetched; null for what was not yet
     */
    static io.periplus.wire.waypoint.RequestAuthentication of(
            RequestAuthentication policy, List<Target> targets, Function<KeySource, @Nullable FetchedKeys> keys) {
        var message = io.periplus.wire.waypoint.RequestAuthentication.newBuilder()
                .setNamespace(policy.key().namespace())
                .setName(policy.key().name())
                .addAllTargets(targets);
        policy.rules().forEach(rule -> message.addRules(rule(rule, keys)));
        return message.build();
    }

    private static TokenRule rule(JwtRule rule, Function<KeySource, @Nullable FetchedKeys> keys) {
        TokenRule.Builder message = TokenRule.newBuilder()
                .setIssuer(rule.issuer())
                .addAllAudiences(rule.audiences())
                .addAllFromParams(rule.fromParams())
                .addAllFromCookies(rule.fromCookies())
                .setForwardOriginalToken(rule.forwardOriginalToken())
                .setOutputPayloadToHeader(rule.outputPayload())
                .addAllSpaceDelimitedClaims(rule.spaceDelimited());
        rule.fromHeaders()
                .forEach(header -> message.addFromHeaders(
                        TokenHeader.newBuilder().setName(header.name()).setPrefix(header.prefix())));
        rule.outputClaims()
                .forEach(output -> message.addOutputClaimToHeaders(
                        ClaimHeader.newBuilder().setHeader(output.header()).setClaim(output.claim())));
        KeySource.of(rule).ifPresent(source -> message.setKeysFrom(source.toString()));
        String problem = problem(rule, keys);
        if (problem.isEmpty()) {
            message.setJwks(jwks(rule, keys));
        } else {
            message.setUnavailable(problem);
        }
        return message.build();
    }

    /** Why a rule has no keys; empty if it has some. */
    static String problem(JwtRule rule, Function<KeySource, @Nullable FetchedKeys> keys) {
        if (!rule.problems().isEmpty()) {
            return String.join("; ", rule.problems());
        }
        return KeySource.of(rule)
                .map(source -> {
                    FetchedKeys fetched = keys.apply(source);
                    if (fetched == null) {
                        return "the keys of issuer \"" + rule.issuer() + "\" have not been fetched yet";
                    }
                    return fetched.jwks().isEmpty() ? fetched.problem() : "";
                })
                .orElse("");
    }

    private static String jwks(JwtRule rule, Function<KeySource, @Nullable FetchedKeys> keys) {
        return KeySource.of(rule).map(keys).map(FetchedKeys::jwks).orElse(rule.jwks());
    }
}
