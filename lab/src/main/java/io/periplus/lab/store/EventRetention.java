package io.periplus.lab.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How long events are kept: an hour, as the API server's default, and no more than a bound. */
final class EventRetention {
    private static final Duration KEPT = Duration.ofHours(1);

    private EventRetention() {}

    /** The events that have to go. */
    static List<ObjectNode> expired(List<ObjectNode> events, int max) {
        String oldest = Meta.timestamp(Instant.now().minus(KEPT));
        int surplus = Math.max(0, events.size() - max);
        List<ObjectNode> byAge = surplus == 0
                ? events
                : events.stream()
                        .sorted(Comparator.comparing(EventRetention::lastSeen))
                        .toList();
        List<ObjectNode> expired = new ArrayList<>();
        for (int i = 0; i < byAge.size(); i++) {
            if (i < surplus || lastSeen(byAge.get(i)).compareTo(oldest) < 0) {
                expired.add(byAge.get(i));
            }
        }
        return expired;
    }

    private static String lastSeen(ObjectNode event) {
        String last = Json.text(event, "lastTimestamp");
        return last.isEmpty() ? Json.text(event, "metadata", "creationTimestamp") : last;
    }
}
