package io.periplus.model.limit;

import io.periplus.api.NamespacedName;

/**
 * For whom a policy is. It may hold a password, so the name of the Gateway alone does not entitle to it.
 *
 * @param serviceAccount of the Gateway's pods, in its namespace
 */
public record LimitPolicyKey(NamespacedName gateway, String serviceAccount, NamespacedName policy) {}
