package io.periplus.ztunnel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.dataplane.address.IpAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one pod that are open now, for people who ask: written by the pod's event loops, read from any
 * thread. Passes everything on to the log that counts.
 */
final class OpenConnections implements FlowLog {
    /**
     * A connection as it was when it was routed last.
     *
     * @param service that was asked for, if that is known
     * @param tunnel the target inside the tunnel; {@code null} without one
     * @param acrossNetworks whether there are two, one inside the other
     */
    private record Connection(
            Flow.Reporter reporter,
            InetSocketAddress source,
            InetSocketAddress destination,
            @Nullable InetSocketAddress nextHop,
            @Nullable String service,
            @Nullable String tunnel,
            boolean acrossNetworks) {
        static Connection of(Flow flow) {
            return new Connection(
                    flow.reporter,
                    flow.source,
                    flow.destination,
                    flow.nextHop,
                    flow.service == null ? null : flow.service.getHostname(),
                    flow.hboneTarget,
                    flow.acrossNetworks);
        }

        void describe(ArrayNode to) {
            ObjectNode node = to.addObject().put("src", text(source));
            if (reporter == Flow.Reporter.SOURCE) {
                node.put("originalDst", text(destination))
                        .put("actualDst", text(nextHop == null ? destination : nextHop));
            } else {
                if (service != null) {
                    node.put("originalDst", service);
                }
                node.put("actualDst", tunnel == null ? text(destination) : tunnel);
            }
            node.put("protocol", tunnel == null ? "TCP" : acrossNetworks ? "DOUBLEHBONE" : "HBONE");
        }
    }

    private final FlowLog log;
    private final Map<Flow, Connection> open = new ConcurrentHashMap<>();

    OpenConnections(FlowLog log) {
        this.log = log;
    }

    @Override
    public Meter opened(Flow flow) {
        open.put(flow, Connection.of(flow));
        return log.opened(flow);
    }

    @Override
    public void rerouted(Flow flow) {
        open.put(flow, Connection.of(flow));
        log.rerouted(flow);
    }

    @Override
    public void completed(Flow flow, @Nullable String error) {
        open.remove(flow);
        log.completed(flow, error);
    }

    @Override
    public void failed(Flow flow, String error) {
        log.failed(flow, error);
    }

    @Override
    public void socketOpened(Flow.Reporter reporter) {
        log.socketOpened(reporter);
    }

    @Override
    public void socketClosed(Flow.Reporter reporter) {
        log.socketClosed(reporter);
    }

    /** {@code inbound} and {@code outbound}, by upstream's names, each ordered by the client's address. */
    void describe(ObjectNode to) {
        ArrayNode inbound = to.putArray("inbound");
        ArrayNode outbound = to.putArray("outbound");
        open.values().stream()
                .sorted(Comparator.comparing(connection -> text(connection.source)))
                .forEach(connection ->
                        connection.describe(connection.reporter == Flow.Reporter.SOURCE ? outbound : inbound));
    }

    private static String text(InetSocketAddress address) {
        return Authority.of(IpAddress.of(address.getAddress()), address.getPort());
    }
}
