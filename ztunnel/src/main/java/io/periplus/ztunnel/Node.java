package io.periplus.ztunnel;

import io.netty.channel.EventLoopGroup;
import io.periplus.dataplane.hbone.HboneSettings;
import io.periplus.dataplane.identity.CertificateProvider;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.index.UpstreamResolver;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.tls.TlsContexts;
import io.periplus.ztunnel.dns.DnsMetrics;
import io.periplus.ztunnel.dns.DnsSettings;
import java.time.Duration;

/**
 * What the proxies of all pods of a node share.
 *
 * @param name of the node; only workloads on it are served
 * @param network that the node is in
 * @param loops the byte path's threads
 * @param drain how long connections may go on after their pod was taken away
 * @param names host names of endpoints
 * @param onDemand what is asked for before connections are decided about
 * @param dns how pods' questions for names are answered
 */
record Node(
        String name,
        String network,
        EventLoopGroup loops,
        IndexStore index,
        PolicyStore policies,
        CertificateProvider certificates,
        TlsContexts tls,
        UpstreamResolver resolver,
        ConnectionTable connections,
        FlowLog flows,
        HboneSettings hbone,
        SocketSettings sockets,
        Features features,
        Duration drain,
        DnsSettings dns,
        DnsMetrics dnsMetrics,
        OnDemandNames names,
        OnDemand onDemand) {
    /** How long a connection waits for its own workload's record. */
    static final Duration WORKLOAD_WAIT = Duration.ofSeconds(5);

    /** The same, reporting connections elsewhere. */
    Node withFlows(FlowLog other) {
        return new Node(
                name,
                network,
                loops,
                index,
                policies,
                certificates,
                tls,
                resolver,
                connections,
                other,
                hbone,
                sockets,
                features,
                drain,
                dns,
                dnsMetrics,
                names,
                onDemand);
    }
}
