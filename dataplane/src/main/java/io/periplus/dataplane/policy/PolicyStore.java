package io.periplus.dataplane.policy;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Holds the newest {@link PolicySet}. Written by the xDS client alone, read from every thread. */
public final class PolicyStore {
    /** Names of withdrawn policies that are remembered until the workloads that list them are updated too. */
    private static final int WITHDRAWN_MAX = 4096;

    private volatile PolicySet current = PolicySet.empty();
    private final List<Consumer<PolicySet>> listeners = new CopyOnWriteArrayList<>();

    /** The newest snapshot. Take it after the index, so that it is never older than what the index names. */
    public PolicySet current() {
        return current;
    }

    /** Applies one push: policies in place of those with the same name, and names that are gone. */
    public synchronized void apply(Collection<CompiledPolicy> changed, Collection<String> removed) {
        Map<String, CompiledPolicy> policies = new HashMap<>(current.policies());
        Set<String> withdrawn = new LinkedHashSet<>(current.withdrawn());
        for (String name : removed) {
            if (policies.remove(name) != null && withdrawn.size() < WITHDRAWN_MAX) {
                withdrawn.add(name);
            }
        }
        for (CompiledPolicy policy : changed) {
            policies.put(policy.key(), policy);
            withdrawn.remove(policy.key());
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
