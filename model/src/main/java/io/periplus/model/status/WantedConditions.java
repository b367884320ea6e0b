package io.periplus.model.status;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ConditionInput;
import java.util.List;

/** Conditions that one field manager is to keep in an object's status: all it has there are written at once. */
public sealed interface WantedConditions extends Desired permits ObjectConditions, ConditionSet {
    /** The object. */
    NamespacedName key();

    /** The conditions wanted, each type once. */
    List<ConditionInput> all();

    /** Those that stand in the status, everybody's. */
    List<ConditionInput> written();
}
