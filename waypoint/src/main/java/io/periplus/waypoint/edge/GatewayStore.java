package io.periplus.waypoint.edge;

import io.periplus.wire.waypoint.Gateway;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Holds the newest form of the one Gateway that this proxy serves. Written by the xDS client alone, read from every thread. */
public final class GatewayStore {
    private final List<Consumer<Gateway>> listeners = new CopyOnWriteArrayList<>();
    private final TreeMap<String, Gateway> all = new TreeMap<>();
    private volatile Gateway current = Gateway.getDefaultInstance();

    /** The Gateway; one without listeners until it was received and after it was removed. */
    public Gateway current() {
        return current;
    }

    /** Applies one push. Should several Gateways be sent, the first by name counts. */
    public void apply(Map<String, Gateway> changed, Collection<String> removed) {
        all.keySet().removeAll(removed);
        all.putAll(changed);
        Gateway next =
                all.isEmpty() ? Gateway.getDefaultInstance() : all.firstEntry().getValue();
        current = next;
        listeners.forEach(listener -> listener.accept(next));
    }

    /** Calls {@code listener} after every push, on the thread that applied it. */
    public void onChange(Consumer<Gateway> listener) {
        listeners.add(listener);
    }
}
