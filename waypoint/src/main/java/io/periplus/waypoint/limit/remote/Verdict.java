package io.periplus.waypoint.limit.remote;

import java.util.List;
import java.util.Map;

/**
 * What a backend said.
 *
 * @param over whether the request is beyond one of the limits
 * @param standings of the limits in the order in which they were asked about
 * @param requestHeaders to add to the request
 * @param responseHeaders to add to the answer
 * @param body of a refusal; empty for the policy's own
 */
public record Verdict(
        boolean over,
        List<Standing> standings,
        List<Map.Entry<String, String>> requestHeaders,
        List<Map.Entry<String, String>> responseHeaders,
        String body) {
    /** Of buckets. */
    static Verdict of(List<Standing> standings) {
        return new Verdict(
                standings.stream().anyMatch(Standing::over), List.copyOf(standings), List.of(), List.of(), "");
    }
}
