package io.periplus.ztunnel;

import io.periplus.dataplane.index.IndexChange;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.Marks;
import io.periplus.dataplane.policy.PolicySet;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.telemetry.MarkMetrics;
import io.periplus.wire.workload.Workload;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Incoming connections that policy governs, judged again whenever policies change or the destination's record does.
 * A connection is registered before it is first judged, so that no change can slip between the two.
 */
final class ConnectionTable {
    private final IndexStore index;
    private final PolicyStore policies;
    private final MarkMetrics marks;
    private final PolicyLog log;
    private final Map<String, Set<Entry>> byWorkload = new ConcurrentHashMap<>();

    /** A registered connection. Close it when the connection ends; closing twice is harmless. */
    final class Entry implements AutoCloseable {
        private final String workloadUid;
        private final ConnectionAttributes attributes;
        private final Consumer<Decision.Denied> onRevoked;
        private volatile Workload workload;

        private Entry(Workload workload, ConnectionAttributes attributes, Consumer<Decision.Denied> onRevoked) {
            this.workloadUid = workload.getUid();
            this.workload = workload;
            this.attributes = attributes;
            this.onRevoked = onRevoked;
        }

        /** Judges the connection by what is known now, before it is let through. */
        Decision judge() {
            PolicySet set = policies.current();
            Marks of = set.marksOfWorkload(workload, attributes);
            marks.count(of, workload.getNamespace() + "/" + workload.getName());
            Decision decision = set.authorizeWorkload(workload, attributes);
            log.decided(attributes, decision, of);
            return decision;
        }

        private void judgeAgain(PolicySet set) {
            if (set.authorizeWorkload(workload, attributes) instanceof Decision.Denied denied) {
                onRevoked.accept(denied);
            }
        }

        @Override
        public void close() {
            byWorkload.computeIfPresent(workloadUid, (_, entries) -> {
                entries.remove(this);
                return entries.isEmpty() ? null : entries;
            });
        }
    }

    ConnectionTable(IndexStore index, PolicyStore policies, MarkMetrics marks, PolicyLog log) {
        this.log = log;
        this.marks = marks;
        this.index = index;
        this.policies = policies;
        policies.onChange(this::policiesChanged);
        index.onChange(this::workloadsChanged);
    }

    /**
     * Registers a connection to {@code workload}.
     *
     * @param onRevoked called when a change refuses it, from any thread, possibly more than once
     */
    Entry register(Workload workload, ConnectionAttributes attributes, Consumer<Decision.Denied> onRevoked) {
        Entry entry = new Entry(workload, attributes, onRevoked);
        byWorkload.compute(entry.workloadUid, (_, entries) -> {
            Set<Entry> set = entries == null ? ConcurrentHashMap.newKeySet(2) : entries;
            set.add(entry);
            return set;
        });
        // A change that comes between looking and writing has set a newer one, which this puts an older one over: look
        // again.
        Workload newest = index.current().workload(entry.workloadUid);
        while (newest != null && entry.workload != newest) {
            entry.workload = newest;
            newest = index.current().workload(entry.workloadUid);
        }
        return entry;
    }

    /** Registered connections. */
    int size() {
        return byWorkload.values().stream().mapToInt(Set::size).sum();
    }

    private void policiesChanged(PolicySet set) {
        byWorkload.values().forEach(entries -> entries.forEach(entry -> entry.judgeAgain(set)));
    }

    private void workloadsChanged(IndexChange change) {
        for (Workload workload : change.workloads()) {
            Set<Entry> entries = byWorkload.get(workload.getUid());
            if (entries != null) {
                PolicySet set = policies.current();
                entries.forEach(entry -> {
                    entry.workload = workload;
                    entry.judgeAgain(set);
                });
            }
        }
    }
}
