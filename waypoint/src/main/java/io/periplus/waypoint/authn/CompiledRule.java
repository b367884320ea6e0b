package io.periplus.waypoint.authn;

import io.periplus.wire.waypoint.ClaimHeader;
import io.periplus.wire.waypoint.TokenRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A rule, ready to be applied.
 *
 * @param places        where its tokens are looked for; never empty
 * @param payloadHeader empty for none
 * @param words         claims whose words are values of their own
 */
record CompiledRule(
        String issuer,
        Audiences audiences,
        KeySet keys,
        Set<Place> places,
        boolean forward,
        String payloadHeader,
        List<ClaimHeader> claimHeaders,
        Set<String> words) {
    /** What OAuth writes as words, whether the rule says so or not. */
    private static final Set<String> ALWAYS_WORDS = Set.of("scope", "permission");

    static CompiledRule of(TokenRule rule, KeySet keys) {
        Set<Place> places = new LinkedHashSet<>();
        rule.getFromHeadersList().forEach(header -> places.add(Place.header(header.getName(), header.getPrefix())));
        rule.getFromParamsList().forEach(name -> places.add(new Place.InParameter(name)));
        rule.getFromCookiesList().forEach(name -> places.add(new Place.InCookie(name)));
        if (places.isEmpty()) {
            places.addAll(List.of(Place.BEARER, Place.ACCESS_TOKEN));
        }
        Set<String> words = new HashSet<>(ALWAYS_WORDS);
        words.addAll(rule.getSpaceDelimitedClaimsList());
        return new CompiledRule(
                rule.getIssuer(),
                Audiences.of(rule.getAudiencesList()),
                keys,
                Collections.unmodifiableSet(places),
                rule.getForwardOriginalToken(),
                rule.getOutputPayloadToHeader(),
                List.copyOf(rule.getOutputClaimToHeadersList()),
                Set.copyOf(words));
    }

    /** The headers that the rule alone may set. */
    List<String> outputs() {
        List<String> outputs = new ArrayList<>();
        if (!payloadHeader.isEmpty()) {
            outputs.add(payloadHeader);
        }
        claimHeaders.forEach(output -> outputs.add(output.getHeader()));
        return outputs;
    }

    /** What the token says, for policies. */
    Map<String, Object> claims(Jwt token) {
        Map<String, Object> claims = new LinkedHashMap<>(token.claims());
        for (String name : words) {
            if (claims.get(name) instanceof String text) {
                claims.put(name, List.of(text.strip().split(" +", -1)));
            }
        }
        return Collections.unmodifiableMap(claims);
    }
}
