package io.periplus.waypoint.upstream;

import io.periplus.waypoint.upstream.policy.Limits;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** The clusters of all event loops with their endpoints, in the text form of Envoy's {@code /clusters}. */
public final class ClustersPage {
    private ClustersPage() {}

    /** The text; waits for the event loops. */
    public static String of(Collection<Clusters> loops) {
        Map<String, EndpointReport> endpoints = new TreeMap<>();
        for (Clusters clusters : loops) {
            clusters.loop()
                    .submit(clusters::reports)
                    .syncUninterruptibly()
                    .getNow()
                    .forEach(report ->
                            endpoints.merge(report.cluster() + "::" + report.address(), report, EndpointReport::with));
        }
        StringBuilder text = new StringBuilder();
        String cluster = "";
        for (EndpointReport endpoint : endpoints.values()) {
            if (!endpoint.cluster().equals(cluster)) {
                cluster = endpoint.cluster();
                limits(text, cluster, endpoint.limits());
            }
            endpoint(text, endpoint);
        }
        return text.toString();
    }

    private static void limits(StringBuilder text, String cluster, Limits limits) {
        String prefix = cluster + "::default_priority::";
        text.append(prefix)
                .append("max_connections::")
                .append(limits.connections())
                .append('\n');
        text.append(prefix)
                .append("max_pending_requests::")
                .append(limits.pending())
                .append('\n');
        text.append(prefix).append("max_requests::").append(limits.requests()).append('\n');
        text.append(prefix).append("max_retries::").append(limits.retries()).append('\n');
    }

    private static void endpoint(StringBuilder text, EndpointReport endpoint) {
        String prefix = endpoint.cluster() + "::" + endpoint.address() + "::";
        text.append(prefix).append("cx_active::").append(endpoint.connections()).append('\n');
        text.append(prefix).append("rq_active::").append(endpoint.active()).append('\n');
        text.append(prefix).append("rq_total::").append(endpoint.total()).append('\n');
        text.append(prefix)
                .append("health_flags::")
                .append(endpoint.ejected() ? "/failed_outlier_check" : "healthy")
                .append('\n');
        text.append(prefix).append("weight::").append(endpoint.weight()).append('\n');
        text.append(prefix)
                .append("region::")
                .append(endpoint.locality().getRegion())
                .append('\n');
        text.append(prefix)
                .append("zone::")
                .append(endpoint.locality().getZone())
                .append('\n');
        text.append(prefix)
                .append("sub_zone::")
                .append(endpoint.locality().getSubzone())
                .append('\n');
    }
}
