package io.periplus.lab.apiserver.auth;

import io.periplus.lab.store.ApiException;
import java.util.List;
import java.util.Set;

/**
 * What callers may do. RBAC objects are stored but not enforced: whoever is authenticated may do everything, nobody
 * else more than ask for health, version and the token keys.
 */
public final class Authorizer {
    private static final Set<String> OPEN = Set.of("healthz", "livez", "readyz", "version", "openid", ".well-known");

    public boolean allowed(User user) {
        return !user.anonymous();
    }

    /** @throws ApiException 401 when the path is not open to callers without credentials */
    public void check(User user, List<String> path) {
        if (!allowed(user) && (path.isEmpty() || !OPEN.contains(path.getFirst()))) {
            throw new ApiException(401, "Unauthorized", "Unauthorized");
        }
    }
}
