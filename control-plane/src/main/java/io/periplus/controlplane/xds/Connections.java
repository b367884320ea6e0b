package io.periplus.controlplane.xds;

import io.periplus.controlplane.Metrics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The open streams, for metrics and debug pages. */
public final class Connections {
    /** What a client has been sent of one type. */
    public record TypeState(
            String typeUrl,
            boolean synced,
            @Nullable Instant sent,
            @Nullable String error) {}

    /** A client and its types. */
    public record ClientState(NodeInfo node, List<TypeState> types) {}

    private final Map<DeltaConnection, NodeInfo> open = new ConcurrentHashMap<>();

    public Connections(Metrics metrics) {
        metrics.gauge("pilot_xds", "", open::size);
    }

    /** The clients as they are now. */
    public List<ClientState> states() {
        List<ClientState> states = new ArrayList<>();
        open.forEach((connection, node) -> states.add(new ClientState(
                node,
                connection.subscriptions().stream()
                        .map(s -> new TypeState(s.typeUrl(), s.nonceSent.equals(s.nonceAcked), s.sent, s.error))
                        .toList())));
        return states;
    }

    void add(DeltaConnection connection, NodeInfo node) {
        open.put(connection, node);
    }

    void remove(DeltaConnection connection) {
        open.remove(connection);
    }
}
