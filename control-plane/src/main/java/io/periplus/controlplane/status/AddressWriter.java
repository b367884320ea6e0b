package io.periplus.controlplane.status;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.Reconciler;
import io.periplus.controlplane.kube.Applies;
import io.periplus.controlplane.kube.Kinds;
import io.periplus.model.collection.Change;
import io.periplus.model.workload.AllocatedAddresses;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Writes the addresses that the mesh chose for ServiceEntries into their status, from where a restart takes them. */
public final class AddressWriter {
    private static final String MANAGER = "istio-ip-autoallocate";

    private final Applies applies;
    private final Map<NamespacedName, AllocatedAddresses> wanted = new ConcurrentHashMap<>();
    private final Reconciler<NamespacedName> reconciler = new Reconciler<>(MANAGER, this::reconcile);

    public AddressWriter(Applies applies) {
        this.applies = applies;
    }

    /** What does the work. */
    public Reconciler<NamespacedName> reconciler() {
        return reconciler;
    }

    /** Takes note of changes. */
    public void changed(Map<NamespacedName, Change<AllocatedAddresses>> changes) {
        changes.forEach((name, change) -> {
            AllocatedAddresses addresses = change.after();
            if (addresses == null) {
                wanted.remove(name);
            } else {
                wanted.put(name, addresses);
                if (!addresses.current()) {
                    reconciler.enqueue(name);
                }
            }
        });
    }

    private void reconcile(NamespacedName name) {
        AllocatedAddresses addresses = wanted.get(name);
        if (addresses == null || addresses.current()) {
            return;
        }
        applies.status(
                Kinds.SERVICE_ENTRY,
                name,
                Map.of(
                        "addresses",
                        addresses.wanted().stream()
                                .map(address -> Map.of("host", address.host(), "value", address.value()))
                                .toList()),
                MANAGER);
    }
}
