package io.periplus.model.traffic;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.PolicyAncestorStatus;
import io.periplus.model.status.Desired;
import java.util.List;

/**
 * What a BackendTLSPolicy's status is to say on behalf of this controller, and what of it stands there already.
 *
 * @param wanted  one entry for each Gateway, in order
 * @param written our entries of now
 */
public record BackendTlsStatus(
        NamespacedName key, List<PolicyAncestorStatus> wanted, List<PolicyAncestorStatus> written) implements Desired {
    /** Whether nothing has to be written. */
    @Override
    public boolean current() {
        return wanted.size() == written.size()
                && wanted.stream().allMatch(entry -> written.stream().anyMatch(present -> says(present, entry)));
    }

    private static boolean says(PolicyAncestorStatus present, PolicyAncestorStatus wanted) {
        return present.gateway().equals(wanted.gateway())
                && present.conditions().size() == wanted.conditions().size()
                && wanted.conditions().stream()
                        .allMatch(condition -> present.conditions().stream().anyMatch(condition::sameAs));
    }
}
