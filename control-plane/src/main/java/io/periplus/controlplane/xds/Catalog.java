package io.periplus.controlplane.xds;

import io.periplus.wire.xds.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All resources of all sets. Changes are applied in batches, and a client's push is collected in one piece, so that a
 * client never sees half a batch: an address that names a policy without the policy.
 */
public final class Catalog {
    /**
     * A changed resource.
     *
     * @param resource null when it is gone
     */
    public record Update(SetKey set, String name, @Nullable Resource resource, Relations relations) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<SetKey, ResourceSet> sets = new HashMap<>();
    private final Set<Runnable> listeners = new HashSet<>();

    /** Applies a batch and wakes whoever has something to push. */
    public void apply(List<Update> batch) {
        List<Runnable> woken;
        lock.lock();
        try {
            for (Update update : batch) {
                set(update.set()).change(update.name(), update.resource(), update.relations());
            }
            sets.values().removeIf(ResourceSet::isUnused);
            woken = new ArrayList<>(listeners);
        } finally {
            lock.unlock();
        }
        woken.forEach(Runnable::run);
    }

    /** The number of resources in a set. */
    public int size(SetKey key) {
        return locked(() -> {
            ResourceSet set = sets.get(key);
            return set == null ? 0 : set.names().size();
        });
    }

    /** All resources of a set, for debugging. */
    public List<Resource> resources(SetKey key) {
        return locked(() -> {
            ResourceSet set = sets.get(key);
            List<Resource> all = new ArrayList<>();
            if (set != null) {
                for (String name : set.names()) {
                    Resource resource = set.get(name);
                    if (resource != null) {
                        all.add(resource);
                    }
                }
            }
            return all;
        });
    }

    <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** A set, made if need be; call with the lock held. */
    ResourceSet set(SetKey key) {
        return sets.computeIfAbsent(key, k -> new ResourceSet());
    }

    void listen(Runnable listener) {
        locked(() -> listeners.add(listener));
    }

    void unlisten(Runnable listener) {
        locked(() -> listeners.remove(listener));
    }
}
