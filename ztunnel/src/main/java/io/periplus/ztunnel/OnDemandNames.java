package io.periplus.ztunnel;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.telemetry.Counter;
import io.periplus.dataplane.telemetry.Family;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.dataplane.telemetry.TcpLabels;
import io.periplus.wire.workload.Workload;
import io.periplus.ztunnel.dns.HostAddresses;
import java.util.stream.Stream;

/** Resolves the host names of endpoints, once per connection, and counts that. */
final class OnDemandNames {
    private final HostAddresses addresses;
    private final Family<Counter> counter;

    OnDemandNames(HostAddresses addresses, MetricsRegistry metrics) {
        this.addresses = addresses;
        String[] labels =
                Stream.concat(TcpLabels.SOURCE.stream(), Stream.of("hostname")).toArray(String[]::new);
        this.counter = metrics.counter(
                "istio_on_demand_dns_total", "The total number of requests that used on-demand DNS (unstable)", labels);
    }

    /** Where they are looked up. */
    HostAddresses addresses() {
        return addresses;
    }

    /**
     * An address of a workload that is known by host name.
     *
     * @param client who wants to connect
     * @param wantsIpv4 the family that is preferred
     */
    Future<IpAddress> resolve(EventLoop loop, Workload client, Workload target, boolean wantsIpv4) {
        String[] labels = Stream.concat(TcpLabels.sourceValues(client).stream(), Stream.of(target.getHostname()))
                .toArray(String[]::new);
        counter.with(labels).increment();
        return addresses.resolve(loop, target.getHostname(), wantsIpv4);
    }
}
