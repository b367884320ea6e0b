package io.periplus.ztunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.dataplane.admin.AdminPage;
import io.periplus.dataplane.admin.AdminPages;
import io.periplus.dataplane.admin.AdminServer;
import io.periplus.dataplane.admin.Readiness;
import io.periplus.dataplane.telemetry.LogLevels;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The process's own ports, in its own namespace: administration on loopback, metrics and readiness for everybody. */
final class AdminServers implements AutoCloseable {
    /** Port numbers; 0 for any that is free. */
    record Ports(int admin, int metrics, int readiness) {
        /** The ones that everybody knows. */
        static final Ports STANDARD = new Ports(15000, 15020, 15021);
    }

    private final AdminServer admin;
    private final AdminServer metrics;
    private final AdminServer readiness;

    private AdminServers(AdminServer admin, AdminServer metrics, AdminServer readiness) {
        this.admin = admin;
        this.metrics = metrics;
        this.readiness = readiness;
    }

    /**
     * Starts all three.
     *
     * @throws IOException naming the port that is taken
     */
    static AdminServers start(
            Ports ports,
            MetricsRegistry registry,
            LogLevels levels,
            Readiness ready,
            Supplier<ObjectNode> dump,
            AdminPage why,
            AdminPage seen,
            Runnable shutdown)
            throws IOException {
        Map<String, AdminPage> pages = new TreeMap<>(Map.of(
                "/config_dump", AdminPages.json(dump::get),
                "/debug/pprof/heap", AdminPages.noProfile(),
                "/debug/pprof/heap/profiling", AdminPages.noProfile(),
                "/debug/pprof/profile", AdminPages.noProfile(),
                "/logging", AdminPages.logging(levels),
                "/quitquitquit", AdminPages.quit(shutdown),
                "/why", why,
                "/why/seen", seen));
        pages.put("/", AdminPages.index(pages.keySet()));
        AdminPage exposition = AdminPages.metrics(registry);
        AdminServer admin =
                AdminServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.admin()), pages);
        AdminServer metrics = AdminServer.start(
                new InetSocketAddress(ports.metrics()),
                Map.of("/metrics", exposition, "/stats/prometheus", exposition));
        AdminServer readiness =
                AdminServer.start(new InetSocketAddress(ports.readiness()), Map.of("/healthz/ready", ready.page()));
        return new AdminServers(admin, metrics, readiness);
    }

    int adminPort() {
        return admin.port();
    }

    int metricsPort() {
        return metrics.port();
    }

    int readinessPort() {
        return readiness.port();
    }

    @Override
    public void close() {
        admin.close();
        metrics.close();
        readiness.close();
    }
}
