package io.periplus.model.workload;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ServiceEntryInput.HostAddress;
import io.periplus.model.status.Desired;
import java.util.List;

/**
 * Addresses that the mesh chose for a ServiceEntry, and those that its status shows.
 *
 * @param wanted empty when the entry needs none
 */
public record AllocatedAddresses(NamespacedName key, List<HostAddress> wanted, List<HostAddress> written)
        implements Desired {
    /** Whether nothing has to be written. */
    @Override
    public boolean current() {
        return wanted.equals(written);
    }
}
