package io.periplus.waypoint.authn;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.RequestHead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rules that apply to a request, in the order of their issuers.
 *
 * @param byPlace where tokens are looked for, and the rules whose tokens may be there
 * @param outputs headers that only the rules may set
 * @param forged those of them that hold no tokens, so that whatever they say on arrival is the client's invention
 */
record TokenRules(Map<Place, List<CompiledRule>> byPlace, List<String> outputs, List<String> forged) {
    /** Nobody needs as many in one request; each may cost a verification. */
    static final int TOKENS_MOST = 8;

    static TokenRules of(List<CompiledRule> rules) {
        List<CompiledRule> sorted = new ArrayList<>(rules);
        sorted.sort(Comparator.comparing(CompiledRule::issuer));
        Map<Place, List<CompiledRule>> byPlace = new LinkedHashMap<>();
        Set<String> outputs = new TreeSet<>();
        for (CompiledRule rule : sorted) {
            rule.places()
                    .forEach(place -> byPlace.computeIfAbsent(place, _ -> new ArrayList<>())
                            .add(rule));
            outputs.addAll(rule.outputs());
        }
        List<String> forged =
                outputs.stream().filter(output -> !holdsTokens(byPlace, output)).toList();
        return new TokenRules(byPlace, List.copyOf(outputs), forged);
    }

    private static boolean holdsTokens(Map<Place, List<CompiledRule>> byPlace, String header) {
        return byPlace.keySet().stream()
                .anyMatch(
                        place -> place instanceof Place.InHeader in && in.name().equalsIgnoreCase(header));
    }

    /** Removes what a client says in the rules' name, for those who see the request before its tokens are verified. */
    void clean(HttpHeaders headers) {
        for (int i = 0; i < forged.size(); i++) {
            headers.remove(forged.get(i));
        }
    }

    /** The tokens of a request, which loses what only the rules may say. */
    List<FoundToken> take(RequestHead head) {
        List<FoundToken> found = isPreflight(head) ? List.of() : find(head);
        // After the tokens were read: one of the headers may hold a token.
        for (int i = 0; i < outputs.size(); i++) {
            head.headers().remove(outputs.get(i));
        }
        return found;
    }

    private List<FoundToken> find(RequestHead head) {
        List<FoundToken> found = new ArrayList<>(1);
        byPlace.forEach(
                (place, candidates) -> place.find(head, text -> found.add(new FoundToken(text, place, candidates))));
        return found;
    }

    // Browsers ask before they send credentials (Fetch §3.2.5).
    private static boolean isPreflight(RequestHead head) {
        if (!head.method().equals("OPTIONS")) {
            return false;
        }
        HttpHeaders headers = head.headers();
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        String method = headers.get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
        return origin != null && !origin.isEmpty() && method != null && !method.isEmpty();
    }
}
