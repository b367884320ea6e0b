package io.periplus.dataplane.policy;

import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Holds the newest {@link PolicySet}. Written by the xDS client alone, read from every thread. */
public final class PolicyStore {
    /**
     * Names of withdrawn policies that are remembered, the latest: the workloads that list them are updated a moment later,
     * and long before as many others are withdrawn.
     */
    private static final int WITHDRAWN_MAX = 4096;

    private volatile PolicySet current = PolicySet.empty();
    /** In the order of their withdrawal. */
    private final Set<String> withdrawn = new LinkedHashSet<>();

    private final List<Consumer<PolicySet>> listeners = new CopyOnWriteArrayList<>();

    /** The newest snapshot. Take it after the index, so that it is never older than what the index names. */
    public PolicySet current() {
        return current;
    }

    /** Applies one push: policies in place of those with the same name, and names that are gone. */
    public synchronized void apply(Collection<CompiledPolicy> changed, Collection<String> removed) {
        Map<String, CompiledPolicy> policies = new HashMap<>(current.policies());
        for (String name : removed) {
            if (policies.remove(name) != null) {
                withdrawn.add(name);
            }
        }
        for (CompiledPolicy policy : changed) {
            policies.put(policy.key(), policy);
            withdrawn.remove(policy.key());
        }
        Iterator<String> oldest = withdrawn.iterator();
        for (int surplus = withdrawn.size() - WITHDRAWN_MAX; surplus > 0; surplus--) {
            oldest.next();
            oldest.remove();
        }
        PolicySet next = current.next(policies, withdrawn);
        current = next;
        listeners.forEach(listener -> listener.accept(next));
    }

    /** Calls {@code listener} after every push, on the thread that applied it. Keep it short. */
    public void onChange(Consumer<PolicySet> listener) {
        listeners.add(listener);
    }
}
