package io.periplus.dataplane.index;

import io.periplus.wire.workload.Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Holds the newest {@link WorkloadIndex}. Written by the xDS client alone, read from every thread. */
public final class IndexStore {
    private volatile WorkloadIndex current;
    private final List<Consumer<IndexChange>> listeners = new CopyOnWriteArrayList<>();

    /** For a proxy that is sent everything. */
    public IndexStore() {
        this(WorkloadIndex.empty());
    }

    private IndexStore(WorkloadIndex first) {
        current = first;
    }

    /** For a proxy that is sent what it asks for, and what is on its node. */
    public static IndexStore onDemand() {
        return new IndexStore(WorkloadIndex.ON_DEMAND);
    }

    /** The newest snapshot. Take it once per decision. */
    public WorkloadIndex current() {
        return current;
    }

    /**
     * Applies one push. A resource that cannot be used is left out, and an older version of it stays as it was; the rest
     * is applied.
     *
     * @param changed resources by name
     * @param removed names of resources that are gone
     * @return why resources were left out, by name; empty if all was good
     */
    public synchronized Map<String, String> apply(Map<String, Address> changed, Collection<String> removed) {
        WorkloadIndex before = current;
        IndexBuilder builder = before.edit();
        Map<String, String> rejected = new LinkedHashMap<>();
        var workloads = new ArrayList<io.periplus.wire.workload.Workload>();
        var removedWorkloads = new ArrayList<io.periplus.wire.workload.Workload>();
        for (String name : removed) {
            var old = before.workload(name);
            if (old != null) {
                removedWorkloads.add(old);
            }
            builder.remove(name);
        }
        changed.forEach((name, address) -> {
            try {
                builder.put(address);
                if (address.hasWorkload()) {
                    workloads.add(address.getWorkload());
                }
            } catch (InvalidResourceException e) {
                rejected.put(name, String.valueOf(e.getMessage()));
            }
        });
        current = builder.build();
        IndexChange change =
                new IndexChange(before, current, List.copyOf(workloads), List.copyOf(removedWorkloads), List.of());
        listeners.forEach(listener -> listener.accept(change));
        return rejected;
    }

    /** Has names count as answered: everything they stand for has been applied before. */
    public void answered(Collection<String> names) {
        answered(names, true);
    }

    /** Has names count as never asked for; what they stand for stays. */
    public void forgotten(Collection<String> names) {
        answered(names, false);
    }

    private synchronized void answered(Collection<String> names, boolean areAnswered) {
        WorkloadIndex before = current;
        IndexBuilder builder = before.edit();
        names.forEach(name -> builder.answered(name, areAnswered));
        current = builder.build();
        IndexChange change =
                new IndexChange(before, current, List.of(), List.of(), areAnswered ? List.copyOf(names) : List.of());
        listeners.forEach(listener -> listener.accept(change));
    }

    /** Calls {@code listener} after every push, on the thread that applied it. Keep it short. */
    public void onChange(Consumer<IndexChange> listener) {
        listeners.add(listener);
    }

    /** Takes a listener back. */
    public void removeListener(Consumer<IndexChange> listener) {
        listeners.remove(listener);
    }

    /**
     * The first non-null answer of {@code lookup}, now or after a later push; completes exceptionally with
     * {@link java.util.concurrent.TimeoutException} when there is none in time.
     */
    public <T> CompletableFuture<T> await(Function<WorkloadIndex, @Nullable T> lookup, Duration atMost) {
        T now = lookup.apply(current);
        if (now != null) {
            return CompletableFuture.completedFuture(now);
        }
        CompletableFuture<T> found = new CompletableFuture<>();
        Consumer<IndexChange> listener = change -> {
            T answer = lookup.apply(change.after());
            if (answer != null) {
                found.complete(answer);
            }
        };
        onChange(listener);
        T meanwhile = lookup.apply(current);
        if (meanwhile != null) {
            found.complete(meanwhile);
        }
        found.orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((answer, failure) -> removeListener(listener));
        return found;
    }
}
