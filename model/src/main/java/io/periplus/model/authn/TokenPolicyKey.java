package io.periplus.model.authn;

import io.periplus.api.NamespacedName;

/**
 * For whom a RequestAuthentication is. Its keys may be secrets that signers and verifiers share, so the name of the Gateway
 * alone does not entitle to it.
 *
 * @param serviceAccount of the Gateway's pods, in its namespace
 */
public record TokenPolicyKey(NamespacedName gateway, String serviceAccount, NamespacedName policy) {}
