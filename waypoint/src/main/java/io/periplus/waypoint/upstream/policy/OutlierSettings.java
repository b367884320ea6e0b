package io.periplus.waypoint.upstream.policy;

import io.periplus.wire.waypoint.OutlierDetection;
import java.time.Duration;

/**
 * When an endpoint is left alone for a while. 0 failures in a row: that kind does not count.
 *
 * @param split whether failures to connect and broken connections count apart from error statuses
 * @param localFailures in a row, if split
 * @param gatewayErrors 502, 503 and 504 in a row
 * @param serverErrors 5xx in a row
 * @param interval in which an endpoint that behaves is forgiven one ejection
 * @param baseEjection how long the first ejection lasts; the n-th in a row lasts n times that
 * @param maxEjectedPercent of the endpoints; one may always be ejected
 * @param minHealthyPercent with fewer healthy endpoints than this, all are used again
 */
public record OutlierSettings(
        boolean split,
        int localFailures,
        int gatewayErrors,
        int serverErrors,
        Duration interval,
        Duration baseEjection,
        int maxEjectedPercent,
        int minHealthyPercent) {
    private static final int IN_A_ROW_DEFAULT = 5;
    private static final Duration INTERVAL_DEFAULT = Duration.ofSeconds(10);
    private static final Duration BASE_EJECTION_DEFAULT = Duration.ofSeconds(30);
    private static final int MAX_PERCENT_DEFAULT = 10;

    static OutlierSettings of(OutlierDetection source) {
        Duration interval = Times.positive(source.hasInterval(), source.getInterval());
        Duration base = Times.positive(source.hasBaseEjectionTime(), source.getBaseEjectionTime());
        return new OutlierSettings(
                source.getSplitExternalLocalOriginErrors(),
                source.hasConsecutiveLocalOriginFailures()
                        ? source.getConsecutiveLocalOriginFailures()
                        : IN_A_ROW_DEFAULT,
                source.hasConsecutiveGatewayErrors() ? source.getConsecutiveGatewayErrors() : 0,
                source.hasConsecutive5XxErrors() ? source.getConsecutive5XxErrors() : IN_A_ROW_DEFAULT,
                interval == null ? INTERVAL_DEFAULT : interval,
                base == null ? BASE_EJECTION_DEFAULT : base,
                source.hasMaxEjectionPercent() ? source.getMaxEjectionPercent() : MAX_PERCENT_DEFAULT,
                source.hasMinHealthPercent() ? source.getMinHealthPercent() : 0);
    }
}
