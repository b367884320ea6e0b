package io.periplus.model.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.ListenerSetInput;
import io.periplus.model.input.ListenerStatusInput;
import io.periplus.model.status.Desired;
import java.util.List;
import java.util.Set;

/**
 * What a ListenerSet's status is to say, and what of it stands there already.
 *
 * @param current whether all of it stands there already
 */
public record ListenerSetStatus(
        NamespacedName key,
        List<ConditionInput> conditions,
        List<ListenerStatus> listeners,
        List<ConditionInput> written,
        List<ListenerStatusInput> writtenListeners,
        boolean current)
        implements Desired {

    static ListenerSetStatus of(ListenerSetInput set, List<ConditionInput> conditions, List<ListenerStatus> listeners) {
        List<ConditionInput> observed = conditions.stream()
                .map(condition -> condition.observed(set.generation()))
                .toList();
        boolean current = ListenerStatus.current(observed, set.conditions(), Set.of())
                && ListenerStatus.current(listeners, set.listenerStatus());
        return new ListenerSetStatus(set.key(), observed, listeners, set.conditions(), set.listenerStatus(), current);
    }
}
