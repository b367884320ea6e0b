package io.periplus.model.authn;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ConditionInput;

/** What the author of a RequestAuthentication is told. */
public record TokenStatus(NamespacedName key, ConditionInput condition) {}
