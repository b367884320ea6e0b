package io.periplus.api.why;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where routing led.
 *
 * @param route {@code Kind namespace/name}; null when no route governs and the traffic goes to what was addressed
 * @param rule index of the rule in the route, -1 without one
 * @param match what of the rule matched, in words; empty if everything does
 * @param effects what the rule does besides choosing a backend, in words
 * @param backends of the rule, with their share
 */
public record RouteTaken(@Nullable String route, int rule, String match, List<String> effects, List<Share> backends) {
    /**
     * A backend of a rule.
     *
     * @param name {@code namespace/hostname:port}, or why there is none
     * @param weight relative to the others
     * @param chosen whether this explanation goes on with it
     */
    public record Share(String name, int weight, boolean chosen) {}
}
