package io.periplus.model.status;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ConditionInput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One condition that an object is to have, and those it has.
 *
 * @param type   of the condition
 * @param wanted null when the object is not to have it
 */
public record ObjectConditions(
        NamespacedName key, String type, @Nullable ConditionInput wanted, List<ConditionInput> written)
        implements WantedConditions {

    @Override
    public List<ConditionInput> all() {
        return wanted == null ? List.of() : List.of(wanted);
    }

    /** Whether nothing has to be written. */
    @Override
    public boolean current() {
        return wanted == null
                ? written.stream().noneMatch(condition -> condition.type().equals(type))
                : written.stream().anyMatch(wanted::sameAs);
    }
}
