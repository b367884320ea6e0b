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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what happens to pods as Event objects; one that repeats only counts up. */
public final class PodEvents {
    private static final Logger LOG = LoggerFactory.getLogger(PodEvents.class);
    /** Events to recognise a repetition of; older ones begin anew, which only makes a second object. */
    private static final int REMEMBERED = 512;

    private final ObjectStore store;
    private final String node;
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
    }

    void normal(PodFacts facts, String container, String reason, String message) {
        record(facts, container, "Normal", reason, message);
    }

    void warning(PodFacts facts, String container, String reason, String message) {
        record(facts, container, "Warning", reason, message);
    }

    private synchronized void record(PodFacts facts, String container, String type, String reason, String message) {
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
