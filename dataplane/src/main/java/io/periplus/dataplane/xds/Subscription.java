package io.periplus.dataplane.xds;

import com.google.rpc.Status;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One type's part of the stream: what is held, which outlives a connection, and how responses are answered. */
final class Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    /** Equals no version: the server sends the resource again, or says that it is gone. */
    private static final String NO_VERSION = "";

    private final ResourceHandler handler;
    private final Map<String, String> heldVersions = new HashMap<>();
    /** Names without which the type is not synced. */
    private final Set<String> missing = new HashSet<>();

    /** {@code null} for everything. */
    private final @Nullable AskedNames asked;

    private boolean synced;

    Subscription(ResourceHandler handler) {
        this.handler = handler;
        this.asked = handler.isOnDemand() ? new AskedNames() : null;
        // Nothing has been asked for that could be missing.
        this.synced = asked != null;
    }

    String typeUrl() {
        return handler.typeUrl();
    }

    /** Whether a response has ever been applied and left nothing indispensable out. */
    boolean isSynced() {
        return synced;
    }

    /** The first request on a new stream: everything of the type or all that was asked for, except what is held already. */
    DeltaDiscoveryRequest.Builder open() {
        DeltaDiscoveryRequest.Builder request =
                DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl()).putAllInitialResourceVersions(heldVersions);
        if (asked != null) {
            asked.open(request);
        }
        return request;
    }

    /** Asks for a resource by name or alias; without effect if everything of the type is followed. */
    void ask(String name) {
        if (asked != null) {
            List<String> dropped = asked.ask(name);
            if (!dropped.isEmpty()) {
                handler.forgotten(dropped);
            }
        }
    }

    /** What an open stream has not been told of what was asked for. */
    List<DeltaDiscoveryRequest> changes() {
        return asked == null
                ? List.of()
                : asked.changes().stream()
                        .map(request -> request.setTypeUrl(typeUrl()).build())
                        .toList();
    }

    /** Applies a response; the answer says what of it was rejected. */
    DeltaDiscoveryRequest apply(DeltaDiscoveryResponse response) {
        Map<String, String> rejected = new TreeMap<>();
        try {
            rejected.putAll(handler.apply(response.getResourcesList(), response.getRemovedResourcesList()));
            missing.removeAll(response.getRemovedResourcesList());
            response.getResourcesList().forEach(resource -> missing.remove(resource.getName()));
            missing.addAll(handler.indispensable(rejected.keySet()));
            synced |= missing.isEmpty();
        } catch (RuntimeException e) {
            // A defect of this proxy: it goes on with what it has, and says so, where a new stream would meet the same
            // end.
            LOG.error("xDS: a push of {} could not be applied", typeUrl(), e);
            response.getResourcesList()
                    .forEach(resource -> rejected.put(resource.getName(), "cannot be applied: " + e));
            missing.addAll(handler.indispensable(rejected.keySet()));
            response.getRemovedResourcesList().forEach(name -> rejected.put(name, "cannot be removed: " + e));
        }
        for (String name : response.getRemovedResourcesList()) {
            if (rejected.containsKey(name)) {
                heldVersions.put(name, NO_VERSION);
            } else {
                heldVersions.remove(name);
            }
        }
        for (Resource resource : response.getResourcesList()) {
            boolean usable = !rejected.containsKey(resource.getName());
            heldVersions.put(resource.getName(), usable ? resource.getVersion() : NO_VERSION);
        }
        if (asked != null) {
            Set<String> answered = asked.answeredBy(response, rejected.keySet());
            if (!answered.isEmpty()) {
                handler.answered(answered);
            }
        }
        DeltaDiscoveryRequest.Builder answer =
                DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl()).setResponseNonce(response.getNonce());
        if (!rejected.isEmpty()) {
            String reasons = rejected.entrySet().stream()
                    .map(entry -> entry.getKey() + ": " + entry.getValue())
                    .collect(Collectors.joining(", "));
            answer.setErrorDetail(Status.newBuilder().setMessage(reasons));
        }
        return answer.build();
    }
}
