package io.periplus.model.status;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ConditionInput;
import java.util.List;
import java.util.Set;

/**
 * Several conditions that an object is to have, and those it has.
 *
 * @param types of ours; what is there of them and not wanted goes
 */
public record ConditionSet(
        NamespacedName key, Set<String> types, List<ConditionInput> all, List<ConditionInput> written)
        implements WantedConditions {

    @Override
    public boolean current() {
        return all.stream().allMatch(wanted -> written.stream().anyMatch(wanted::sameAs))
                && written.stream()
                        .map(ConditionInput::type)
                        .filter(types::contains)
                        .allMatch(type ->
                                all.stream().anyMatch(wanted -> wanted.type().equals(type)));
    }
}
