package io.periplus.waypoint;

import io.periplus.api.why.Answer;
import io.periplus.api.why.Caller;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Question;
import io.periplus.api.why.Side;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.waypoint.edge.Arrival;
import io.periplus.waypoint.edge.Edge;
import io.periplus.waypoint.edge.EdgeRules;
import io.periplus.waypoint.exchange.Admission;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.explain.Asked;
import io.periplus.wire.waypoint.Gateway;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The front at the edge: the ports of a Gateway's listeners. */
public final class GatewayProxy implements Front {
    private final DataPath path;
    private final Edge edge;
    private final String identity;

    /** @param address to listen on */
    public GatewayProxy(ProxyParts parts, InetAddress address, EdgeRules rules) {
        path = new DataPath(true, parts);
        identity = WorkloadIdentity.of(parts.self().workload()).toString();
        edge = new Edge(
                path.loops(),
                path.sockets(),
                path::services,
                path::add,
                address,
                parts.self().network(),
                rules);
    }

    /** Closes the ports that {@code gateway} has no listeners for, and lets what is in progress there finish. */
    public void closePortsNotIn(Gateway gateway) {
        edge.closePortsNotIn(gateway);
    }

    /** Listens as {@code gateway} says from now on. Not on an event loop. */
    public void apply(Gateway gateway) {
        edge.apply(gateway);
    }

    @Override
    public List<Integer> ports() {
        return edge.ports();
    }

    @Override
    public void drain(Duration notice, Duration atMost) throws InterruptedException {
        edge.drain();
        path.awaitConnections(notice);
        edge.stopAccepting();
        path.awaitConnections(atMost);
    }

    @Override
    public int requestsInProgress() {
        return path.requestsInProgress();
    }

    @Override
    public String clusters() {
        return path.clusters();
    }

    @Override
    public <T> List<T> onEachLoop(Supplier<List<T>> question) {
        return path.onEachLoop(question);
    }

    @Override
    public CompletableFuture<Answer> why(ProxyName proxy, Question question) {
        Caller caller = question.caller();
        if (question.side() != Side.GATEWAY || caller == null) {
            throw new IllegalArgumentException("a gateway takes questions of side gateway, with a caller");
        }
        InetSocketAddress remote =
                new InetSocketAddress(IpAddress.parse(caller.address()).toInetAddress(), 0);
        Asked asked =
                new Asked(proxy, identity, path.services(path.loops().iterator().next()));
        return switch (edge.arrival(question.port(), remote, question.tls(), question.serverName())) {
            case Arrival.Refused(String why) ->
                CompletableFuture.completedFuture(new Answer.Builder(proxy).failed(why, "Gateway"));
            case Arrival.Requests(ClientConnection client, Admission admission) ->
                asked.about(client, admission, question);
            case Arrival.Bytes(ClientConnection client, String serverName) ->
                asked.about(client, Admission.MESH, question.asBytes(serverName));
        };
    }

    @Override
    public int connections() {
        return path.connections();
    }

    @Override
    public void close() {
        edge.stopAccepting();
        path.close();
    }
}
