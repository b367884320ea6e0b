package io.periplus.model.traffic;

import io.periplus.api.NamespacedName;

/**
 * For whom a backend policy is. It may hold a private key, so the name of the Gateway alone does not entitle to it.
 *
 * @param serviceAccount of the Gateway's pods, in its namespace
 * @param service        {@code namespace/hostname}
 */
public record BackendPolicyKey(NamespacedName gateway, String serviceAccount, String service) {}
