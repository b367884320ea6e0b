package io.periplus.controlplane.status;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.kube.Applies;
import io.periplus.controlplane.kube.Kinds;
import io.periplus.model.workload.AllocatedAddresses;
import java.util.Map;

/** Writes the addresses that the mesh chose for ServiceEntries into their status, from where a restart takes them. */
public final class AddressWriter {
    private static final String MANAGER = "istio-ip-autoallocate";

    private final Applies applies;
    private final StatusWriter<NamespacedName, AllocatedAddresses> writer = new StatusWriter<>(MANAGER, this::write);

    public AddressWriter(Applies applies) {
        this.applies = applies;
    }

    /** What takes note of changes and does the work. */
    public StatusWriter<NamespacedName, AllocatedAddresses> writer() {
        return writer;
    }

    private void write(AllocatedAddresses addresses) {
        applies.status(
                Kinds.SERVICE_ENTRY,
                addresses.key(),
                Map.of(
                        "addresses",
                        addresses.wanted().stream()
                                .map(address -> Map.of("host", address.host(), "value", address.value()))
                                .toList()),
                MANAGER);
    }
}
