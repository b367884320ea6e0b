package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.NODE;
import static io.periplus.lab.store.ResourceType.POD;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Removes pods that no kubelet will: of nodes that are gone, and deleted ones that never got a node. */
final class PodGarbageCollector implements Controller<Key> {
    private final ObjectStore store;

    PodGarbageCollector(ObjectStore store) {
        this.store = store;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(POD, pod -> List.of(Key.of(pod)));
        watches.watch(NODE, new ObjectStore.Watcher() {
            @Override
            public void added(ObjectNode object) {}

            @Override
            public void modified(ObjectNode object) {}

            @Override
            public void deleted(ObjectNode last) {
                store.list(POD, null).forEach(pod -> watches.enqueue(Key.of(pod)));
            }
        });
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode pod = store.get(POD, key.namespace(), key.name());
        if (pod == null) {
            return null;
        }
        String node = Meta.text(pod.path("spec").path("nodeName"));
        if (node == null) {
            if (Meta.deleting(pod)) {
                remove(pod);
            }
            return null;
        }
        if (store.get(NODE, null, node) == null) {
            remove(pod);
        }
        return null;
    }

    private void remove(ObjectNode pod) {
        store.delete(POD, Meta.namespace(pod), Meta.name(pod), 0L, Meta.uid(pod));
    }
}
