package io.periplus.policytest;

import io.periplus.api.why.Judgement;
import io.periplus.api.why.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a case.
 *
 * @param expected {@code allow} or {@code deny}, with the policy if one was named
 * @param reason one sentence: what decided
 * @param judgements in the order of the way; {@code point} also says which proxy judges
 * @param advice what would have to change for the opposite answer
 * @param problem why it did not pass; null if it did
 */
record Result(
        String name,
        String where,
        String expected,
        Verdict verdict,
        String reason,
        List<Judgement> judgements,
        List<String> advice,
        @Nullable String problem) {
    boolean passed() {
        return problem == null;
    }
}
