package io.periplus.ztunnel;

import io.periplus.dataplane.telemetry.MetricsRegistry;

/** How many pods are served; named as upstream names them, without {@code istio_}. */
final class PodMetrics {
    private PodMetrics() {}

    static void register(MetricsRegistry metrics, PodProxies pods) {
        metrics.gauge(
                "workload_manager_active_proxy_count",
                "The total number current workloads with active proxies (unstable)",
                () -> pods.active().size());
        metrics.gauge(
                "workload_manager_pending_proxy_count",
                "The total number current workloads with pending proxies (unstable)",
                () -> pods.waiting().size());
        pods.countInto(
                metrics.counter(
                                "workload_manager_proxies_started_total",
                                "The total number of proxies that were started (unstable)")
                        .with(),
                metrics.counter(
                                "workload_manager_proxies_stopped_total",
                                "The total number of proxies that were stopped (unstable)")
                        .with());
    }
}
