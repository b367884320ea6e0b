package io.periplus.api.security;

import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy.TargetRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@code RequestAuthentication} as its user wrote it: which JSON Web Tokens (RFC 7519) are accepted.
 *
 * @param generation the object's generation, for status conditions
 * @param selector   labels of the workloads it applies to; null when it has none
 * @param targetRefs what it is attached to at a waypoint or Gateway; empty when it has no targets
 * @param problems   what is wrong outside of its rules, one sentence each, naming the field
 */
public record RequestAuthentication(
        NamespacedName key,
        long generation,
        @Nullable Map<String, String> selector,
        List<TargetRef> targetRefs,
        List<JwtRule> rules,
        List<String> problems) {

    /**
     * The tokens of one issuer.
     *
     * @param issuer               as in the claim {@code iss}; empty only in a rule with problems
     * @param audiences            one of them has to be in the claim {@code aud}; empty for any audience
     * @param jwksUri              where the keys are; empty when not given
     * @param jwks                 the keys (RFC 7517); empty when not given
     * @param outputPayload        header that gets the token's payload; empty for none
     * @param forwardOriginalToken whether the token stays in the request
     * @param timeout              for one fetch of the keys
     * @param spaceDelimited       claims whose words are values of their own
     * @param problems             what is wrong with it; no token of its issuer is accepted then
     */
    public record JwtRule(
            String issuer,
            List<String> audiences,
            String jwksUri,
            String jwks,
            List<FromHeader> fromHeaders,
            List<String> fromParams,
            List<String> fromCookies,
            String outputPayload,
            List<ClaimToHeader> outputClaims,
            boolean forwardOriginalToken,
            Duration timeout,
            List<String> spaceDelimited,
            List<String> problems) {}

    /**
     * A header with a token.
     *
     * @param prefix in front of the token; empty for none
     */
    public record FromHeader(String name, String prefix) {}

    /**
     * A header that gets a claim.
     *
     * @param claim its name, or its way through nested claims with dots
     */
    public record ClaimToHeader(String header, String claim) {}

    /** Everything that is wrong with it. */
    public List<String> allProblems() {
        return Stream.concat(problems.stream(), rules.stream().flatMap(rule -> rule.problems().stream()))
                .toList();
    }
}
