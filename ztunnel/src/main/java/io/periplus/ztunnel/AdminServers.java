package io.periplus.ztunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.dataplane.admin.AdminPage;
import io.periplus.dataplane.admin.AdminPages;
import io.periplus.dataplane.admin.AdminServer;
import io.periplus.dataplane.admin.Readiness;
import io.periplus.dataplane.admin.pprof.ProfilePages;
import io.periplus.dataplane.telemetry.LogLevels;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process's own ports, in its own namespace: administration on loopback, metrics and readiness for everybody. */
final class AdminServers implements AutoCloseable {
    /** Port numbers; 0 for any that is free. */
    record Ports(int admin, int metrics, int readiness) {
        /** The ones that everybody knows. */
        static final Ports STANDARD = new Ports(15000, 15020, 15021);
    }

    private static final Logger LOG = LoggerFactory.getLogger(AdminServers.class);
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress LOOPBACK6 = InetAddress.ofLiteral("::1");

    private final AdminServer admin;
    private final @Nullable AdminServer admin6;
    private final AdminServer metrics;
    private final AdminServer readiness;

    private AdminServers(AdminServer admin, @Nullable AdminServer admin6, AdminServer metrics, AdminServer readiness) {
        this.admin = admin;
        this.admin6 = admin6;
        this.metrics = metrics;
        this.readiness = readiness;
    }

    /**
     * Starts all three.
     *
     * @param ipv6 whether administration is on ::1, too, where there is one
     * @throws IOException naming the port that is taken
     */
    static AdminServers start(
            Ports ports,
            boolean ipv6,
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
                "/logging", AdminPages.logging(levels),
                "/quitquitquit", AdminPages.quit(shutdown),
                "/why", why,
                "/why/seen", seen));
        pages.putAll(ProfilePages.of("ztunnel"));
        pages.put("/", AdminPages.index(pages.keySet()));
        AdminPage exposition = AdminPages.metrics(registry);
        AdminServer admin = AdminServer.start(new InetSocketAddress(LOOPBACK, ports.admin()), pages);
        AdminServer admin6 = ipv6 ? onIpv6(admin.port(), pages) : null;
        AdminServer metrics = AdminServer.start(
                new InetSocketAddress(ports.metrics()),
                Map.of("/metrics", exposition, "/stats/prometheus", exposition));
        AdminServer readiness =
                AdminServer.start(new InetSocketAddress(ports.readiness()), Map.of("/healthz/ready", ready.page()));
        return new AdminServers(admin, admin6, metrics, readiness);
    }

    /** Of one process with the port on 127.0.0.1 it is enough that it can be reached there. */
    private static @Nullable AdminServer onIpv6(int port, Map<String, AdminPage> pages) {
        try {
            return AdminServer.start(new InetSocketAddress(LOOPBACK6, port), pages);
        } catch (IOException e) {
            LOG.info("no administration over IPv6: {}", e.getMessage());
            return null;
        }
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
        if (admin6 != null) {
            admin6.close();
        }
        metrics.close();
        readiness.close();
    }
}
