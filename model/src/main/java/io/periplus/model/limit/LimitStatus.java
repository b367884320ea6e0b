package io.periplus.model.limit;

import io.periplus.api.NamespacedName;
import io.periplus.model.status.Desired;
import java.util.List;

/**
 * What a RateLimitPolicy's status is to say on behalf of this controller, and what of it stands there already.
 *
 * @param wanted  in order
 * @param written our entries of now
 */
public record LimitStatus(NamespacedName key, List<LimitAncestor> wanted, List<LimitAncestor> written)
        implements Desired {
    @Override
    public boolean current() {
        return wanted.size() == written.size()
                && wanted.stream().allMatch(entry -> written.stream().anyMatch(present -> says(present, entry)));
    }

    private static boolean says(LimitAncestor present, LimitAncestor wanted) {
        return present.ref().equals(wanted.ref())
                && present.conditions().size() == wanted.conditions().size()
                && wanted.conditions().stream()
                        .allMatch(condition -> present.conditions().stream().anyMatch(condition::sameAs));
    }
}
