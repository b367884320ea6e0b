package io.periplus.waypoint.upstream.policy;

import io.periplus.waypoint.upstream.tls.TlsOrigination;
import io.periplus.wire.waypoint.ProxyProtocol;
import io.periplus.wire.waypoint.TrafficPolicy;
import org.jspecify.annotations.Nullable;

/**
 * How one port of a service is spoken to.
 *
 * @param outlier null: endpoints are never ejected
 * @param tls to the application itself; null for plain bytes
 * @param proxyProtocol whether connections begin with the client's address
 */
public record TrafficSettings(
        BalancingSettings balancing,
        PoolSettings pool,
        Limits limits,
        @Nullable OutlierSettings outlier,
        @Nullable TlsOrigination tls,
        ProxyProtocol proxyProtocol) {
    /** For services that nobody wrote a policy for. */
    public static final TrafficSettings DEFAULT = new TrafficSettings(
            BalancingSettings.DEFAULT, PoolSettings.DEFAULT, Limits.NONE, null, null, ProxyProtocol.NO_PROXY_PROTOCOL);

    static TrafficSettings of(TrafficPolicy policy) {
        return new TrafficSettings(
                policy.hasLoadBalancing() ? BalancingSettings.of(policy.getLoadBalancing()) : BalancingSettings.DEFAULT,
                PoolSettings.of(policy.getConnectionPool()),
                Limits.of(policy),
                policy.hasOutlierDetection() ? OutlierSettings.of(policy.getOutlierDetection()) : null,
                policy.hasTls() ? new TlsOrigination(policy.getTls()) : null,
                policy.getProxyProtocol());
    }
}
