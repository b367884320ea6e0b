package io.periplus.waypoint.tunnel;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.net.Held;
import io.periplus.dataplane.net.Relay;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.Decision;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.telemetry.ConnectionReport;
import io.periplus.waypoint.telemetry.Parties;
import io.periplus.waypoint.upstream.Backend;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose bytes pass as they are: judged as TCP, an endpoint chosen and judged, another tried if that one
 * cannot be reached, then joined. A refusal resets the client's connection, with no byte delivered.
 */
final class TcpExchange {
    private static final int RETRIES_MAX = 2;

    private final LoopServices services;
    private final ClientConnection client;
    private final DuplexChannel downstream;
    private final MeshSnapshot mesh;
    private final long startMillis = System.currentTimeMillis();
    private final long startNanos = System.nanoTime();
    private Set<String> tried = Set.of();
    private @Nullable Backend backend;
    private @Nullable InetSocketAddress upstreamLocal;
    private long received;
    private long sent;
    private int retries;
    private String transportFailure = "";

    private TcpExchange(LoopServices services, ClientConnection client, DuplexChannel downstream) {
        this.services = services;
        this.client = client;
        this.downstream = downstream;
        this.mesh = services.mesh().snapshot();
    }

    /** Takes over a client's channel; what it sends meanwhile is kept. */
    static void begin(LoopServices services, ClientConnection client, DuplexChannel downstream) {
        Held.hold(downstream);
        new TcpExchange(services, client, downstream).authorize();
    }

    private void authorize() {
        Destination addressed = client.destination();
        if (mesh.policies().authorizeService(addressed.namespace(), addressed.hostname(), client.attributes())
                instanceof Decision.Denied denied) {
            refuse("", "rbac_access_denied_matched_policy[" + denied.policy() + "]: " + denied.logText());
            return;
        }
        attempt();
    }

    private void attempt() {
        Backend chosen = choose();
        if (chosen == null) {
            refuse("UH", "no_healthy_upstream");
            return;
        }
        backend = chosen;
        ConnectionAttributes hop = new ConnectionAttributes(
                client.peer(),
                client.attributes().source(),
                IpAddress.of(chosen.address().getAddress()),
                chosen.address().getPort());
        if (mesh.policies().authorizeWorkload(chosen.workload(), hop) instanceof Decision.Denied denied) {
            refuse("", "rbac_access_denied_matched_policy[" + denied.policy() + "]: " + denied.logText());
            return;
        }
        services.balancer().begin(chosen);
        services.connector()
                .connect(chosen, services.loop())
                .addListener((Future<Channel> connected) -> connected(chosen, connected));
    }

    private @Nullable Backend choose() {
        return switch (client.destination()) {
            case Destination.OfService service -> {
                ServiceEntry entry = mesh.index().service(service.key());
                yield entry == null
                        ? null
                        : services.balancer().choose(entry, service.port(), service.address(), tried);
            }
            case Destination.OfWorkload workload ->
                services.balancer().direct(workload.workload(), workload.address(), workload.port());
        };
    }

    private void connected(Backend chosen, Future<Channel> connected) {
        if (!connected.isSuccess()) {
            services.balancer().end(chosen);
            failed(chosen, connected.cause());
            return;
        }
        DuplexChannel upstream = (DuplexChannel) connected.getNow();
        upstreamLocal = (InetSocketAddress) upstream.localAddress();
        if (!downstream.isActive()) {
            upstream.close();
            services.balancer().end(chosen);
            return;
        }
        services.telemetry().opened(report("", ""));
        Relay.join(downstream, upstream, bytes -> received += bytes, bytes -> sent += bytes, failure -> {
            services.balancer().end(chosen);
            services.telemetry().ended(report(failure == null ? "" : "UC", ""));
        });
    }

    private void failed(Backend chosen, Throwable cause) {
        transportFailure = String.valueOf(cause.getMessage());
        if (retries >= RETRIES_MAX || !downstream.isActive()) {
            refuse(retries > 0 ? "UF,URX" : "UF", "");
            return;
        }
        retries++;
        Set<String> all = new HashSet<>(tried);
        all.add(chosen.workload().getUid());
        tried = all;
        attempt();
    }

    private void refuse(String flags, String details) {
        services.telemetry().ended(report(flags, details));
        downstream.close();
    }

    private ConnectionReport report(String flags, String details) {
        Parties parties = new Parties(
                client.peer(),
                mesh.index().workloadAt(client.network(), client.attributes().source()),
                client.remoteAddress(),
                client.localAddress(),
                client.destination(),
                backend);
        InetSocketAddress local = upstreamLocal;
        return new ConnectionReport(
                parties,
                startMillis,
                System.nanoTime() - startNanos,
                flags,
                details,
                transportFailure,
                received,
                sent,
                local == null ? null : local.getAddress().getHostAddress() + ":" + local.getPort());
    }
}
