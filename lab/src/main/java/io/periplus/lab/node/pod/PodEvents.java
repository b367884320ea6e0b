package io.periplus.lab.node.pod;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what happens to pods as Event objects; one that repeats only counts up. Written by a thread of its own, so that nobody waits
 * for news to be stored.
 */
public final class PodEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PodEvents.class);
    /** Events to recognise a repetition of; older ones begin anew, which only makes a second object. */
    private static final int REMEMBERED = 512;

    /** A burst of pods starting together; what does not fit is not told. */
    private static final int WAITING = 1024;

    private final ObjectStore store;
    private final String node;
    private final BlockingQueue<News> news = new ArrayBlockingQueue<>(WAITING);
    private final Thread writer;
    private final Map<String, String> names = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > REMEMBERED;
        }
    };

    public PodEvents(ObjectStore store, String node) {
        this.store = store;
        this.node = node;
        this.writer = Thread.ofVirtual().name("events " + node).start(this::write);
    }

    private record News(PodFacts facts, String container, String type, String reason, String message) {}

    void normal(PodFacts facts, String container, String reason, String message) {
        news.offer(new News(facts, container, "Normal", reason, message));
    }

    void warning(PodFacts facts, String container, String reason, String message) {
        news.offer(new News(facts, container, "Warning", reason, message));
    }

    private void write() {
        try {
            while (true) {
                News next = news.take();
                record(next.facts(), next.container(), next.type(), next.reason(), next.message());
            }
        } catch (InterruptedException e) {
            LOG.debug("events of {} end", node);
        }
    }

    @Override
    public void close() {
        writer.interrupt();
    }

    private void record(PodFacts facts, String container, String type, String reason, String message) {
        String key = facts.uid() + '|' + container + '|' + reason + '|' + message;
        String known = names.get(key);
        try {
            if (known == null) {
                names.put(
                        key,
                        Meta.name(store.create(ResourceType.EVENT, event(facts, container, type, reason, message))));
            } else {
                store.update(
                        ResourceType.EVENT,
                        facts.namespace(),
                        known,
                        event -> event.put("count", event.path("count").asInt(1) + 1)
                                .put("lastTimestamp", now()));
            }
        } catch (ApiException e) {
            // The namespace is going away, or the event has expired.
            names.remove(key);
            LOG.debug("event {} of {}/{}: {}", reason, facts.namespace(), facts.name(), e.getMessage());
        }
    }

    private ObjectNode event(PodFacts facts, String container, String type, String reason, String message) {
        ObjectNode event = Json.object();
        event.put("apiVersion", "v1").put("kind", "Event");
        event.putObject("metadata").put("generateName", facts.name() + ".").put("namespace", facts.namespace());
        ObjectNode about = event.putObject("involvedObject");
        about.put("apiVersion", "v1")
                .put("kind", "Pod")
                .put("namespace", facts.namespace())
                .put("name", facts.name())
                .put("uid", facts.uid())
                .put("resourceVersion", Json.text(facts.pod(), "metadata", "resourceVersion"));
        if (!container.isEmpty()) {
            about.put("fieldPath", "spec.containers{" + container + "}");
        }
        event.put("type", type).put("reason", reason).put("message", message);
        event.put("firstTimestamp", now()).put("lastTimestamp", now()).put("count", 1);
        event.putObject("source").put("component", "kubelet").put("host", node);
        event.put("reportingComponent", "kubelet").put("reportingInstance", node);
        return event;
    }

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
