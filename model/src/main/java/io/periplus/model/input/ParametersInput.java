package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import java.util.Map;

/**
 * A ConfigMap as a Gateway's parameters may be in it.
 *
 * @param defaultsFor the class whose defaults it has, by its label; empty when it has none
 * @param data        empty texts for the keys of a ConfigMap that has none of the keys that Gateways know
 */
public record ParametersInput(NamespacedName key, String created, String defaultsFor, Map<String, String> data) {}
