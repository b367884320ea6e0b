package io.periplus.api.why;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Policies judged at one point of the way.
 *
 * @param point what the policies are about: {@code service …}, {@code workload …}
 * @param why one sentence
 * @param policy {@code namespace/name} of the one that decided, or that came nearest; null without one
 * @param rule its index, -1 without one
 * @param field that decided, empty without one
 * @param considered every policy that applies here, in the order in which they are judged
 */
public record Judgement(
        String point,
        Verdict verdict,
        String why,
        @Nullable String policy,
        int rule,
        String field,
        List<PolicyCheck> considered) {}
