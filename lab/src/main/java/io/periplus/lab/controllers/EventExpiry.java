package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.EVENT;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Deletes events an hour after they last happened, so that they do not fill the store. */
final class EventExpiry implements Controller<Key> {
    static final Duration LIFETIME = Duration.ofHours(1);

    private final ObjectStore store;
    private final InstantSource clock;

    EventExpiry(ObjectStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(EVENT, event -> List.of(Key.of(event)));
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode event = store.get(EVENT, key.namespace(), key.name());
        if (event == null) {
            return null;
        }
        Instant last = Meta.instant(event.path("lastTimestamp"), Meta.created(event));
        Duration left = Duration.between(clock.instant(), last.plus(LIFETIME));
        if (left.isPositive()) {
            return left;
        }
        store.delete(EVENT, key.namespace(), key.name(), null, Meta.uid(event));
        return null;
    }
}
