package io.periplus.controlplane.auth;

import io.periplus.api.SpiffeId;

/**
 * Who called, as a reviewed token says.
 *
 * @param podName empty when the token is not bound to a pod
 * @param podUid  empty when the token is not bound to a pod
 */
public record Caller(String namespace, String serviceAccount, String podName, String podUid) {
    /** The caller's identity. An {@code @} in a trust domain would make the URI ambiguous, so it becomes a dot. */
    public SpiffeId identity(String trustDomain) {
        return new SpiffeId(trustDomain.replace('@', '.'), namespace, serviceAccount);
    }
}
