package io.periplus.model.traffic;

import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.DestinationRuleInput;
import io.periplus.model.status.ObjectConditions;
import java.util.List;

/** What the author of a DestinationRule is told: what of it has no effect. A rule without such parts gets no condition. */
public final class DestinationRuleStatus {
    private static final String TYPE = "PartiallyInvalid";
    private static final String REASON = "UnsupportedValue";

    private DestinationRuleStatus() {}

    /** The condition wanted, with those that are there. */
    public static ObjectConditions of(DestinationRuleInput rule, List<ConditionInput> written) {
        ConditionInput wanted = rule.problems().isEmpty()
                ? null
                : ConditionInput.of(TYPE, true, REASON, String.join("; ", rule.problems()))
                        .observed(rule.generation());
        return new ObjectConditions(rule.key(), TYPE, wanted, written);
    }
}
