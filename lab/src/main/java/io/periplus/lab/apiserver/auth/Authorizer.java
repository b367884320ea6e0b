package io.periplus.lab.apiserver.auth;

import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.apiserver.http.Path;
import io.periplus.lab.store.ApiException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What callers may do. Without credentials: ask for health, version and the token keys. Administrators
 * ({@code system:masters}): everything. Others: what RBAC allows, if it is enforced; otherwise everything too, and the
 * log says once what a real cluster would have refused.
 */
public final class Authorizer {
    private static final Logger LOG = LoggerFactory.getLogger(Authorizer.class);
    private static final Set<String> OPEN = Set.of("healthz", "livez", "readyz", "version", "openid", ".well-known");
    private static final String MASTERS = "system:masters";
    /** Reviews of their own rights are open to all callers with credentials. */
    private static final Set<String> SELF_REVIEWS =
            Set.of("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews");
    /** Bound of remembered refusals: a lab has a few dozen different ones at most. */
    private static final int REFUSALS_MAX = 1000;

    private final Rbac rbac;
    private final boolean enforced;
    private final Set<String> refusals = ConcurrentHashMap.newKeySet();

    public Authorizer(Rbac rbac, boolean enforced) {
        this.rbac = rbac;
        this.enforced = enforced;
    }

    /** Whether this user may do this here. */
    public boolean allowed(User user, Action action) {
        if (user.anonymous()) {
            return false;
        }
        if (user.inGroup(MASTERS) || SELF_REVIEWS.contains(action.resource()) || rbac.allows(user, action)) {
            return true;
        }
        if (!enforced && refusals.size() < REFUSALS_MAX) {
            String refusal = action.refusal(user);
            if (refusals.add(user.name() + action.verb() + action.group() + action.qualifiedResource())) {
                LOG.info("RBAC, which this lab does not enforce, would refuse: {}", refusal);
            }
        }
        return !enforced;
    }

    /** @throws ApiException 401 for callers without credentials on paths that need them, 403 for what RBAC refuses */
    public void check(Call call) {
        User user = call.user();
        if (user.anonymous()) {
            if (call.path().isEmpty() || !OPEN.contains(call.path().getFirst())) {
                throw new ApiException(401, "Unauthorized", "Unauthorized");
            }
            return;
        }
        Path path = Path.parse(call.path());
        if (path != null) {
            Action action = Action.of(call, path);
            if (!allowed(user, action)) {
                throw new ApiException(403, "Forbidden", action.refusal(user));
            }
        }
    }
}
