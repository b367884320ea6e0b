package io.periplus.ztunnel;

import io.netty.channel.socket.DuplexChannel;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.hbone.HboneAcceptor;
import io.periplus.dataplane.hbone.HboneException;
import io.periplus.dataplane.hbone.HboneRequest;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.dataplane.net.Relay;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.tls.TlsFailures;
import io.periplus.wire.workload.Workload;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Port 15008 of one pod: tunnels to its applications. */
final class InboundProxy implements HboneAcceptor {
    private static final int UNAUTHORIZED = 401;
    static final String LEFT = "the client left before it was answered";

    private final Node node;
    private final LocalWorkload local;
    private final AppConnector apps;
    private final ClientQuestions clientQuestions = new ClientQuestions();

    InboundProxy(Node node, LocalWorkload local, AppConnector apps) {
        this.node = node;
        this.local = local;
        this.apps = apps;
    }

    /**
     * The path of an incoming tunnel: authority → own record → which port of the pod → register, then policy → the client's
     * own word about itself → connect to the application from the client's address → 200 → relay.
     */
    @Override
    public void onConnect(HboneRequest request) {
        Flow flow = new Flow(node.flows(), Flow.Reporter.DESTINATION, request.remoteAddress(), request.localAddress());
        flow.sourceIdentity = request.peer();
        String asked = request.authority();
        Authority authority = Authority.parse(asked);
        flow.hboneTarget = authority == null ? Authority.shortened(asked) : asked;
        if (authority == null) {
            reject(
                    request,
                    flow,
                    InboundTarget.BAD_REQUEST,
                    ResponseFlag.NONE,
                    "invalid authority \"%s\"".formatted(flow.hboneTarget));
            return;
        }
        LocalWorkload.on(request.eventLoop(), local.await(), (workload, failure) -> {
            if (workload == null) {
                reject(
                        request,
                        flow,
                        InboundTarget.UNAVAILABLE,
                        ResponseFlag.NONE,
                        "no record of workload %s arrived in time".formatted(local));
            } else {
                String lacking = lackingOfPeer(request);
                if (lacking == null) {
                    admit(request, workload, authority, flow, null);
                } else {
                    node.onDemand()
                            .awaitPeer(
                                    request.eventLoop(),
                                    lacking,
                                    () -> admit(request, local.after(workload), authority, flow, null));
                }
            }
        });
    }

    private @Nullable String lackingOfPeer(HboneRequest request) {
        String lacking = node.onDemand().lackingOfPeer(node.network(), request.remoteAddress());
        return lacking != null && isOfThisNetwork(request) ? lacking : null;
    }

    private void admit(
            HboneRequest request,
            Workload workload,
            Authority authority,
            Flow flow,
            OnDemand.@Nullable Questions asked) {
        if (request.isCancelled()) {
            flow.closed(ResponseFlag.NONE, LEFT);
            return;
        }
        IpAddress podAddress = IpAddress.of(request.localAddress().getAddress());
        IpAddress peerAddress = IpAddress.of(request.remoteAddress().getAddress());
        var index = node.index().current();
        switch (InboundTarget.resolve(index, node.features(), workload, podAddress, authority)) {
            case InboundTarget.Rejected(int status, String reason) ->
                reject(request, flow, status, ResponseFlag.NONE, reason);
            case InboundTarget.Undecided(String lacking) -> {
                if (!clientQuestions.begin(request.ofConnection())) {
                    reject(request, flow, InboundTarget.UNAVAILABLE, ResponseFlag.NONE, tooMany(lacking));
                    return;
                }
                OnDemand.Questions questions = asked == null ? node.onDemand().questions(request.eventLoop()) : asked;
                questions.ask(
                        lacking,
                        () -> {
                            clientQuestions.end(request.ofConnection());
                            admit(request, local.after(workload), authority, flow, questions);
                        },
                        why -> {
                            clientQuestions.end(request.ofConnection());
                            reject(request, flow, InboundTarget.UNAVAILABLE, ResponseFlag.NONE, why);
                        });
            }
            case InboundTarget.Port target -> {
                flow.destinationWorkload = workload;
                flow.destinationIdentity = WorkloadIdentity.of(workload);
                flow.sourceWorkload = known(request, index, peerAddress);
                flow.service = InboundTarget.guessService(
                        index, workload, Forwarded.host(request.header("forwarded")), target.port());
                authorize(
                        request,
                        workload,
                        new ConnectionAttributes(request.peer(), peerAddress, podAddress, target.port()),
                        target,
                        flow);
            }
        }
    }

    private static String tooMany(String lacking) {
        return "the control plane is not asked for %s: it has not answered %d questions of this client, or %d of all"
                .formatted(lacking, ClientQuestions.PER_CONNECTION_MAX, ClientQuestions.PER_POD_MAX);
    }

    /** Who the client is, for telemetry; {@code null} for one of another network, and one whose address nobody knows. */
    private @Nullable Workload known(HboneRequest request, WorkloadIndex index, IpAddress peer) {
        return isOfThisNetwork(request) ? index.workloadAt(node.network(), peer) : null;
    }

    /** Who the client says that it is. */
    private @Nullable Workload told(HboneRequest request) {
        return node.features().baggage() ? Baggage.parse(request.headers().getAll(Baggage.HEADER)) : null;
    }

    private boolean isOfThisNetwork(HboneRequest request) {
        String network = request.header(TunnelHeaders.FORWARDED_NETWORK);
        return network == null || network.equalsIgnoreCase(node.network());
    }

    private void authorize(
            HboneRequest request,
            Workload workload,
            ConnectionAttributes attributes,
            InboundTarget.Port target,
            Flow flow) {
        Guard guard = new Guard(request.eventLoop(), flow);
        ConnectionTable.Entry entry = node.connections().register(workload, attributes, guard::revoke);
        guard.watch(entry);
        if (entry.judge() instanceof Decision.Denied denied) {
            guard.release();
            flow.opened();
            flow.denied = denied;
            reject(request, flow, UNAUTHORIZED, ResponseFlag.DENY, denied.connectionError());
            return;
        }
        // Only whom policy lets in is asked for its name: labels that are counted once are kept for good.
        if (flow.sourceWorkload == null) {
            flow.sourceWorkload = told(request);
        }
        flow.opened();
        InetAddress pod = request.localAddress().getAddress();
        // The header tells the application where the connection is from; the socket need not.
        boolean onLoopback = target.addressed() != null && node.features().localhostAppTunnel();
        InetSocketAddress app = new InetSocketAddress(onLoopback ? loopback(pod) : pod, target.port());
        InetAddress client = onLoopback ? null : request.remoteAddress().getAddress();
        AppConnector.Attempt attempt = apps.connect(request.eventLoop(), app, client, (connection, failure) -> {
            if (request.isCancelled() || guard.isRevoked()) {
                guard.release();
                close(connection);
                reject(request, flow, UNAUTHORIZED, ResponseFlag.NONE, LEFT);
            } else if (connection == null) {
                guard.release();
                reject(request, flow, InboundTarget.UNAVAILABLE, ResponseFlag.CONNECT, unanswered(app, failure));
            } else {
                Map<String, String> fields =
                        node.features().baggage() ? Map.of(Baggage.HEADER, Baggage.of(workload)) : Map.of();
                request.accept(fields, tunnel -> {
                    InetSocketAddress addressed = target.addressed();
                    if (addressed != null) {
                        connection.writeAndFlush(
                                ProxyHeader.of(connection.alloc(), request.remoteAddress(), addressed, request.peer()));
                    }
                    relay((DuplexChannel) tunnel, connection, guard, flow);
                });
            }
        });
        request.onCancelled(attempt::giveUp);
    }

    private static void close(@Nullable DuplexChannel connection) {
        if (connection != null) {
            connection.close();
        }
    }

    private static InetAddress loopback(InetAddress ofFamily) {
        return InetAddress.ofLiteral(ofFamily instanceof Inet4Address ? "127.0.0.1" : "::1");
    }

    static String unanswered(InetSocketAddress app, @Nullable Throwable failure) {
        return "the application does not answer at %s: %s".formatted(app, failure == null ? "" : failure.getMessage());
    }

    private static void relay(DuplexChannel tunnel, DuplexChannel app, Guard guard, Flow flow) {
        guard.protect(tunnel, app);
        Relay.join(tunnel, app, flow.received(), flow.sent(), failure -> {
            guard.release();
            if (failure instanceof HboneException) {
                flow.closed(ResponseFlag.of(failure), failure.getMessage());
            } else {
                flow.closed(ResponseFlag.NONE, null);
            }
        });
    }

    private static void reject(HboneRequest request, Flow flow, int status, ResponseFlag flag, @Nullable String why) {
        flow.closed(flag, why);
        request.reject(status);
    }

    @Override
    public void onConnectionFailed(SocketAddress remote, SocketAddress local, Throwable why) {
        new Flow(node.flows(), Flow.Reporter.DESTINATION, (InetSocketAddress) remote, (InetSocketAddress) local)
                .closed(ResponseFlag.NONE, "%s: %s".formatted(this.local, TlsFailures.describe(why)));
    }
}
