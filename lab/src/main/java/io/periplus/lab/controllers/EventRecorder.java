package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells users what a controller did, as {@code Event} objects that {@code kubectl describe} shows. */
final class EventRecorder {
    private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);

    private final ObjectStore store;
    private final InstantSource clock;
    private final String component;

    EventRecorder(ObjectStore store, InstantSource clock, String component) {
        this.store = store;
        this.clock = clock;
        this.component = component;
    }

    void normal(ResourceType type, ObjectNode about, String reason, String message) {
        record(type, about, "Normal", reason, message);
    }

    void warning(ResourceType type, ObjectNode about, String reason, String message) {
        record(type, about, "Warning", reason, message);
    }

    /** The same event again raises its count. A lost event is no reason to fail. */
    private void record(ResourceType type, ObjectNode about, String kind, String reason, String message) {
        String now = Meta.time(clock.instant());
        String namespace = Meta.namespace(about) == null ? "default" : Meta.namespace(about);
        String name = Meta.name(about) + "."
                + Canonical.hash(String.join("\n", Meta.uid(about), kind, reason, message, component));
        try {
            if (store.get(ResourceType.EVENT, namespace, name) != null) {
                store.update(ResourceType.EVENT, namespace, name, event -> {
                    event.put("count", event.path("count").asInt() + 1).put("lastTimestamp", now);
                    return event;
                });
                return;
            }
            ObjectNode event = Meta.object(ResourceType.EVENT, namespace, name);
            ObjectNode involved = event.putObject("involvedObject");
            involved.put("apiVersion", type.apiVersion()).put("kind", type.kind());
            involved.put("name", Meta.name(about)).put("uid", Meta.uid(about));
            if (Meta.namespace(about) != null) {
                involved.put("namespace", Meta.namespace(about));
            }
            event.put("type", kind).put("reason", reason).put("message", message);
            event.put("firstTimestamp", now).put("lastTimestamp", now).put("count", 1);
            event.putObject("source").put("component", component);
            event.put("reportingComponent", component).put("reportingInstance", "");
            store.create(ResourceType.EVENT, event);
        } catch (ApiException e) {
            log.debug("event {} about {} was not recorded: {}", reason, name, e.getMessage());
        }
    }

    /** The time of this recorder, which is also that of the controller it serves. */
    Instant now() {
        return clock.instant();
    }
}
