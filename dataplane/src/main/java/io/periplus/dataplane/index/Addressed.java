package io.periplus.dataplane.index;

import io.periplus.wire.workload.Workload;

/** What an address belongs to. */
public sealed interface Addressed {
    /** A pod or another workload. */
    record OfWorkload(Workload workload) implements Addressed {}

    /** A service's virtual address. */
    record OfService(ServiceEntry service) implements Addressed {}
}
