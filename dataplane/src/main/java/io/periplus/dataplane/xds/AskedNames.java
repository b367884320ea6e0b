package io.periplus.dataplane.xds;

import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names and aliases of one type that were asked for one by one. A name stays asked for, whether it stands for
 * something or not, so that the control plane says when that changes; until too many others were asked for after it.
 *
 * <pre>
 * unknown ── ask ──▶ asked ── response with it, or without ──▶ answered
 *    ▲                 │                                          │
 *    └──────────── too many others ◀───────────────────────────────┘
 * </pre>
 *
 * For the client's one thread.
 */
final class AskedNames {
    /**
     * About 3 MB with the index's part. A node rarely talks to so many addresses at a time; one that scans a network must
     * not fill the memory of its proxy, and of the control plane.
     */
    static final int MAX = 16_384;

    /** Dropped at a time, since each time the index is written. */
    private static final int DROPPED_AT_ONCE = 256;

    private static final String ALL = "*";

    /** Whether it is answered, by name, in the order in which they were asked for. */
    private final Map<String, Boolean> names = new LinkedHashMap<>();

    private final Set<String> unsent = new LinkedHashSet<>();
    private final Set<String> unsentDropped = new LinkedHashSet<>();
    /** Those that the first response of a stream answers. */
    private final Set<String> opening = new HashSet<>();

    /**
     * Asks for a name, unless it is asked for.
     *
     * @return names that are dropped for it
     */
    List<String> ask(String name) {
        if (names.putIfAbsent(name, false) != null) {
            return List.of();
        }
        unsent.add(name);
        List<String> dropped = new ArrayList<>();
        if (names.size() > MAX) {
            for (Iterator<String> eldest = names.keySet().iterator(); dropped.size() < DROPPED_AT_ONCE; ) {
                dropped.add(eldest.next());
                eldest.remove();
            }
            dropped.forEach(unsent::remove);
            unsentDropped.addAll(dropped);
        }
        return dropped;
    }

    /** Puts all of them into the first request of a stream. There is no way to ask for nothing but to take it all back. */
    void open(DeltaDiscoveryRequest.Builder request) {
        request.addResourceNamesSubscribe(ALL)
                .addAllResourceNamesSubscribe(names.keySet())
                .addResourceNamesUnsubscribe(ALL);
        unsent.clear();
        unsentDropped.clear();
        opening.clear();
        names.forEach((name, answered) -> {
            if (!answered) {
                opening.add(name);
            }
        });
    }

    /** The requests that the stream lacks. What is dropped and asked for again has to be taken back first. */
    List<DeltaDiscoveryRequest.Builder> changes() {
        List<DeltaDiscoveryRequest.Builder> requests = new ArrayList<>(2);
        if (!unsentDropped.isEmpty()) {
            requests.add(DeltaDiscoveryRequest.newBuilder().addAllResourceNamesUnsubscribe(unsentDropped));
            unsentDropped.clear();
        }
        if (!unsent.isEmpty()) {
            requests.add(DeltaDiscoveryRequest.newBuilder().addAllResourceNamesSubscribe(unsent));
            unsent.clear();
        }
        return requests;
    }

    /**
     * The names that a response answers. The first one of a stream answers all that were asked for with it, since it
     * leaves out what is held already.
     *
     * @param rejected names of resources that could not be applied: what they are the answer to stays open
     */
    Set<String> answeredBy(DeltaDiscoveryResponse response, Set<String> rejected) {
        Set<String> told = new LinkedHashSet<>(opening);
        opening.clear();
        told.addAll(response.getRemovedResourcesList());
        Set<String> open = new HashSet<>(rejected);
        for (Resource resource : response.getResourcesList()) {
            Set<String> which = rejected.contains(resource.getName()) ? open : told;
            which.add(resource.getName());
            which.addAll(resource.getAliasesList());
        }
        told.removeAll(open);
        told.removeIf(name -> !names.replace(name, false, true));
        return told;
    }
}
