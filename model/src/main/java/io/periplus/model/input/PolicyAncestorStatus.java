package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import java.util.List;

/** What a policy's status says, or is to say, on behalf of this controller of one Gateway that it has an effect at. */
public record PolicyAncestorStatus(NamespacedName gateway, List<ConditionInput> conditions) {}
