package io.periplus.policytest;

import io.periplus.api.NamespacedName;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.http.PathNormalization;
import io.periplus.dataplane.policy.AuthorizationCompiler;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.PolicySet;
import io.periplus.dataplane.policy.RequestAttributes;
import io.periplus.model.AmbientIndex;
import io.periplus.model.gateway.EdgeGateway;
import io.periplus.model.gateway.EdgeGateways;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.proxy.ProxyNames;
import io.periplus.model.waypoint.Binding;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.model.workload.WorkloadInfo;
import io.periplus.waypoint.edge.EdgeRules;
import io.periplus.waypoint.exchange.Admission;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.Workload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Judges cases as the proxies of such a cluster would: the waypoint by the policies for the service and for the endpoint, then
 * the endpoint's ztunnel, for every endpoint that there is; or a Gateway by its own.
 */
final class Judge {
    /** Where waypoints run only a cluster knows; no block of the author's should hold it. */
    private static final String ADDRESS_OF_WAYPOINTS = "10.244.255.253";

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final AmbientIndex index;
    private final PathNormalization paths;
    private final PolicySet atZtunnel;
    private final TestTokens signer;
    private final Map<NamespacedName, L7Proxy> proxies = new HashMap<>();

    /**
     * @param paths how the mesh normalises them ({@code pathNormalization})
     * @param signer whose key the index takes for that of every issuer whose keys would have to be fetched
     */
    Judge(AmbientIndex index, PathNormalization paths, TestTokens signer) {
        this.signer = signer;
        this.index = index;
        this.paths = paths;
        this.atZtunnel = PolicySet.of(
                Stream.of(index.nodePolicies.shaped(), index.nodePolicies.peer(), index.nodePolicies.ofMesh())
                        .flatMap(policies -> policies.entries().values().stream())
                        .map(AuthorizationCompiler::compile)
                        .toList());
    }

    Result judge(Case given) {
        Journey journey = new Journey();
        if (given.gateway() == null) {
            toService(given, journey);
        } else {
            atGateway(given, given.gateway(), journey);
        }
        return journey.result(given);
    }

    private void toService(Case given, Journey journey) {
        CalledService called = CalledService.of(index, given);
        SpiffeId client = clientOf(given);
        Waypoint waypoint = waypointOf(given, called.service());
        if (waypoint == null) {
            called.endpoints()
                    .forEach(endpoint -> atZtunnel(called, endpoint, given, client, given.address(), journey));
            return;
        }
        Destination addressed = called.destination();
        boolean bytes = addressed.protocol() == AppProtocol.TCP || addressed.protocol() == AppProtocol.TLS;
        String name = "waypoint " + waypoint.key();
        ConnectionAttributes connection = given.connection(client, addressed.address(), addressed.port());
        if (bytes || given.request() == null) {
            connection = connection.withServerName(given.serverName());
        }
        L7Proxy proxy = proxy(waypoint.key());
        Passage passage = new Passage(given, proxy, name, addressed, connection, journey);
        passage.go(
                bytes ? null : authority(given.service(), addressed.port(), false),
                false,
                paths,
                Admission.MESH,
                signer,
                name + ", service " + called.service().resourceName());
        for (WorkloadInfo endpoint : called.endpoints()) {
            if (journey.goesOn()) {
                Workload workload = endpoint.forWaypoint();
                RequestAttributes there =
                        passage.attributes(given.connection(client, addressOf(workload), called.targetPort(workload)));
                journey.judged(
                        name + ", workload " + workload.getNamespace() + "/" + workload.getName(),
                        proxy.policies().explainWorkload(workload, there));
            }
            atZtunnel(called, endpoint, given, identityOf(waypoint), ADDRESS_OF_WAYPOINTS, journey);
        }
    }

    private void atZtunnel(
            CalledService called,
            WorkloadInfo endpoint,
            Case given,
            @Nullable SpiffeId client,
            String from,
            Journey journey) {
        if (journey.goesOn()) {
            Workload workload = endpoint.forZtunnel();
            ConnectionAttributes connection =
                    given.from(from).connection(client, addressOf(workload), called.targetPort(workload));
            journey.judged(
                    "ztunnel, workload " + workload.getNamespace() + "/" + workload.getName(),
                    atZtunnel.explainWorkload(workload, connection));
        }
    }

    /** What lies behind the Gateway is another case, in which it is the client. */
    private void atGateway(Case given, NamespacedName key, Journey journey) {
        EdgeGateway gateway = index.ownGateways.edge().get(key);
        if (gateway == null) {
            throw new UnreadableException(given.where() + ": to.gateway " + key
                    + " is no Gateway of class istio in the files (expected: <namespace>/<name>)");
        }
        GatewayInput.Listener listener = listenerOf(given, gateway);
        boolean secure = listener.protocol().equals("HTTPS");
        boolean http = secure || listener.protocol().equals("HTTP");
        Case.Request request = given.request();
        String host = request == null || request.host().isEmpty()
                ? authority(hostOf(given, listener), listener.port(), secure)
                : request.host();
        String serverName = !given.serverName().isEmpty() || !secure ? given.serverName() : withoutPort(host);
        String name = "gateway " + key;
        ConnectionAttributes connection = given.connection(null, CalledService.NOWHERE, listener.port());
        Destination addressed = new Destination.OfListener(
                key.namespace(),
                key.name(),
                CalledService.NOWHERE,
                listener.port(),
                secure || http ? AppProtocol.HTTP11 : AppProtocol.TCP,
                secure,
                serverName);
        Admission admission = EdgeRules.DEFAULT.of(connection.source().toString(), secure, null);
        new Passage(given, proxy(key), name, addressed, connection.withServerName(serverName), journey)
                .go(http ? host : null, secure, paths, admission, signer, name);
    }

    private static GatewayInput.Listener listenerOf(Case given, EdgeGateway gateway) {
        List<GatewayInput.Listener> listeners = gateway.served();
        List<Integer> ports =
                listeners.stream().map(GatewayInput.Listener::port).distinct().toList();
        int port = given.port() == 0 && ports.size() == 1 ? ports.getFirst() : given.port();
        return listeners.stream()
                .filter(listener -> listener.port() == port)
                .findFirst()
                .orElseThrow(() -> new UnreadableException(given.where() + ": to.port " + given.port()
                        + " is no listener's of gateway " + gateway.key() + " " + ports));
    }

    private static String hostOf(Case given, GatewayInput.Listener listener) {
        if (given.request() != null
                && (listener.hostname().isEmpty() || listener.hostname().startsWith("*"))) {
            throw new UnreadableException(
                    given.where() + ": to.host is missing, and listener " + listener.name() + " has no single one");
        }
        return listener.hostname();
    }

    /** As clients write it: without a port that the scheme implies (RFC 9110 §4.2). */
    private static String authority(String host, int port, boolean secure) {
        return port == (secure ? HTTPS_PORT : HTTP_PORT) ? host : host + ":" + port;
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon < 0 || host.endsWith("]") ? host : host.substring(0, colon);
    }

    private @Nullable SpiffeId clientOf(Case given) {
        NamespacedName gateway = given.fromGateway();
        if (gateway == null) {
            return given.client();
        }
        GatewayInput input = index.watched.gateways.get(gateway);
        if (input == null) {
            throw new UnreadableException(given.where() + ": from.gateway " + gateway + " is not in the files");
        }
        return new SpiffeId(
                index.mesh().trustDomain(),
                gateway.namespace(),
                ProxyNames.serviceAccount(input, EdgeGateways.CONTROLLER));
    }

    /** Clients outside the mesh go past it, and so do Gateways unless the service says otherwise. */
    private @Nullable Waypoint waypointOf(Case given, ServiceInfo service) {
        boolean passes = given.client() != null
                || given.fromGateway() != null && service.message().getIngressUseWaypoint();
        return passes && service.binding() instanceof Binding.Bound bound
                ? index.waypoints.get(bound.waypoint())
                : null;
    }

    private L7Proxy proxy(NamespacedName gateway) {
        return proxies.computeIfAbsent(gateway, name -> L7Proxy.of(index, name, signer));
    }

    private static @Nullable SpiffeId identityOf(Waypoint waypoint) {
        return waypoint.principals().isEmpty()
                ? null
                : SpiffeId.parse(SpiffeId.SCHEME + waypoint.principals().getFirst())
                        .orElse(null);
    }

    private static IpAddress addressOf(Workload workload) {
        return workload.getAddressesCount() == 0 ? CalledService.NOWHERE : IpAddress.ofBytes(workload.getAddresses(0));
    }
}
