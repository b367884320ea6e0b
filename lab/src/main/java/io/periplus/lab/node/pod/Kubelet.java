package io.periplus.lab.node.pod;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the pods that are bound to this node and gives each a {@link PodWorker}. */
public final class Kubelet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Kubelet.class);
    /** All pods are killed at once when the node stops. */
    private static final int STOP_SECONDS = 20;

    private final NodeContext node;
    private final Map<String, Entry> workers = new ConcurrentHashMap<>();
    private final List<ObjectStore.Subscription> watches = new ArrayList<>();

    private record Entry(PodWorker worker, CountDownLatch done) {}

    public Kubelet(NodeContext node) {
        this.node = node;
    }

    /** Begins to run pods. */
    public void start() {
        watches.add(node.store().watch(ResourceType.POD, new PodWatcher()));
        for (ResourceType type : List.of(ResourceType.CONFIG_MAP, ResourceType.SECRET)) {
            watches.add(node.store().watch(type, new RefreshWatcher()));
        }
    }

    /** The worker of the pod with this uid, or null if the pod is not on this node. */
    @Nullable
    PodWorker find(String uid) {
        Entry entry = workers.get(uid);
        return entry == null ? null : entry.worker();
    }

    /** The worker of the pod of this name, or null if the pod is not on this node. */
    @Nullable
    PodWorker find(String namespace, String name) {
        for (Entry entry : workers.values()) {
            PodFacts facts = entry.worker().facts();
            if (facts.name().equals(name) && facts.namespace().equals(namespace)) {
                return entry.worker();
            }
        }
        return null;
    }

    public NodeContext node() {
        return node;
    }

    /** Kills all pods of the node; their objects stay. */
    @Override
    public void close() {
        watches.forEach(ObjectStore.Subscription::close);
        List<Entry> running = List.copyOf(workers.values());
        running.forEach(entry -> entry.worker().tell(new PodMessage.Stop()));
        for (Entry entry : running) {
            try {
                if (!entry.done().await(STOP_SECONDS, TimeUnit.SECONDS)) {
                    PodFacts facts = entry.worker().facts();
                    LOG.warn("pod {}/{} did not end within {} s", facts.namespace(), facts.name(), STOP_SECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        node.events().close();
    }

    private void changed(ObjectNode pod) {
        String uid = Meta.uid(pod);
        Entry present = workers.get(uid);
        if (present != null) {
            present.worker().tell(new PodMessage.Changed(pod));
            return;
        }
        boolean mine = Json.text(pod, "spec", "nodeName").equals(node.config().name());
        String phase = Json.text(pod, "status", "phase");
        boolean deleting = pod.path("metadata").hasNonNull("deletionTimestamp");
        if (!mine || !deleting && (phase.equals("Succeeded") || phase.equals("Failed"))) {
            return;
        }
        CountDownLatch done = new CountDownLatch(1);
        PodWorker worker = new PodWorker(node, pod, () -> {
            workers.remove(uid);
            done.countDown();
        });
        workers.put(uid, new Entry(worker, done));
        worker.tell(new PodMessage.Changed(pod));
        Thread.ofVirtual()
                .name("pod " + Meta.namespace(pod) + "/" + Meta.name(pod))
                .start(worker);
    }

    private final class PodWatcher implements ObjectStore.Watcher {
        @Override
        public void added(ObjectNode pod) {
            changed(pod);
        }

        @Override
        public void modified(ObjectNode pod) {
            changed(pod);
        }

        @Override
        public void deleted(ObjectNode last) {
            Entry entry = workers.get(Meta.uid(last));
            if (entry != null) {
                entry.worker().tell(new PodMessage.Gone());
            }
        }
    }

    /** Wakes the pods of a namespace when a ConfigMap or Secret changes. */
    private final class RefreshWatcher implements ObjectStore.Watcher {
        private volatile boolean live;

        @Override
        public void synced() {
            live = true;
        }

        @Override
        public void added(ObjectNode object) {
            if (live) {
                refresh(object);
            }
        }

        @Override
        public void modified(ObjectNode object) {
            refresh(object);
        }

        @Override
        public void deleted(ObjectNode last) {}

        private void refresh(ObjectNode object) {
            String name = Meta.name(object);
            String namespace = Meta.namespace(object);
            for (Entry entry : workers.values()) {
                PodFacts facts = entry.worker().facts();
                if (facts.namespace().equals(namespace) && mentions(facts.pod(), name)) {
                    entry.worker().tell(new PodMessage.Refresh());
                }
            }
        }

        private boolean mentions(ObjectNode pod, String name) {
            return pod.path("spec").toString().contains("\"" + name + "\"");
        }
    }
}
