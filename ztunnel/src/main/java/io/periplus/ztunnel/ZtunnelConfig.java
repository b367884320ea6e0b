package io.periplus.ztunnel;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.hbone.HboneSettings;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.dataplane.telemetry.LogFormat;
import io.periplus.dataplane.tls.CompliancePolicy;
import io.periplus.ztunnel.dns.DnsSettings;
import io.periplus.ztunnel.dns.ResolvConf;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the environment says; names and defaults are upstream's.
 *
 * @param rootFile {@code null} for the JDK's roots
 * @param tokenFile {@code null} for no token
 * @param crlFile {@code null} if certificates are never revoked
 * @param drain how long connections may go on after SIGTERM
 * @param threads event loops of the byte path
 */
record ZtunnelConfig(
        String node,
        String pod,
        String namespace,
        String serviceAccount,
        String address,
        String network,
        String cluster,
        String clusterDomain,
        Path agentSocket,
        String xdsAddress,
        String caAddress,
        @Nullable Path rootFile,
        @Nullable Path tokenFile,
        @Nullable Path crlFile,
        Duration secretTtl,
        Duration drain,
        int threads,
        CompliancePolicy compliance,
        Features features,
        HboneSettings hbone,
        SocketSettings sockets,
        DnsSettings dns,
        LogFormat logFormat,
        String logLevels,
        String version) {
    private static final String ISTIOD = "https://istiod.istio-system.svc:15012";
    private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(5);
    /** Two loops keep two small cores busy; more only cost memory. */
    private static final int DEFAULT_THREADS = 2;

    /** @throws IllegalArgumentException naming the variable that cannot be used */
    static ZtunnelConfig of(Map<String, String> env) {
        String cluster = env.getOrDefault("ISTIO_META_CLUSTER_ID", env.getOrDefault("CLUSTER_ID", "Kubernetes"));
        String xds = env.getOrDefault("XDS_ADDRESS", ISTIOD);
        return new ZtunnelConfig(
                env.getOrDefault("NODE_NAME", ""),
                env.getOrDefault("POD_NAME", ""),
                env.getOrDefault("POD_NAMESPACE", ""),
                env.getOrDefault("SERVICE_ACCOUNT", ""),
                env.getOrDefault("INSTANCE_IP", ""),
                env.getOrDefault("NETWORK", ""),
                cluster,
                env.getOrDefault("CLUSTER_DOMAIN", "cluster.local"),
                Path.of(env.getOrDefault("INPOD_UDS", "/var/run/ztunnel/ztunnel.sock")),
                xds,
                env.getOrDefault("CA_ADDRESS", xds),
                path(env.getOrDefault(
                        "CA_ROOT_CA", env.getOrDefault("XDS_ROOT_CA", "/var/run/secrets/istio/root-cert.pem"))),
                path(env.getOrDefault("AUTH_TOKEN", "/var/run/secrets/tokens/istio-token")),
                path(env.getOrDefault("CRL_PATH", "")),
                duration(env, "SECRET_TTL", Duration.ofHours(24)),
                drain(env),
                threads(env),
                CompliancePolicy.parse(env.getOrDefault("COMPLIANCE_POLICY", "")),
                new Features(
                        flag(env, "ENABLE_RESPONSE_BAGGAGE", true),
                        flag(env, "LOCALHOST_APP_TUNNEL", true),
                        originalSource(env)),
                hbone(env),
                sockets(env),
                dns(env),
                LogFormat.of(env.get("LOG_FORMAT")),
                env.getOrDefault("RUST_LOG", "info"),
                env.getOrDefault("ISTIO_META_ISTIO_VERSION", "unknown"));
    }

    /** The proxy's own pod; {@code null} if the environment does not say which that is. */
    @Nullable
    Pod self() {
        return pod.isEmpty() || namespace.isEmpty() || serviceAccount.isEmpty()
                ? null
                : new Pod("self", namespace, pod, serviceAccount);
    }

    /** What people want to see of it; holds no secrets. */
    ObjectNode toJson() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("localNode", node)
                .put("network", network)
                .put("clusterId", cluster)
                .put("clusterDomain", clusterDomain)
                .put("xdsAddress", xdsAddress)
                .put("caAddress", caAddress)
                .put("inpodUds", agentSocket.toString())
                .put("numWorkerThreads", threads)
                .put("poolMaxStreamsPerConn", hbone.streamsPerConnection())
                .put("packetMark", sockets.mark())
                .put("selfTerminationDeadline", drain.toString());
    }

    private static HboneSettings hbone(Map<String, String> env) {
        HboneSettings defaults = HboneSettings.DEFAULT;
        return defaults.withStreamsPerConnection(
                        number(env, "POOL_MAX_STREAMS_PER_CONNECTION", defaults.streamsPerConnection(), 1, 1 << 20))
                .withTimes(
                        defaults.keepaliveInterval(),
                        defaults.handshakeTimeout(),
                        defaults.answerTimeout(),
                        defaults.probeTimeout(),
                        duration(env, "POOL_UNUSED_RELEASE_TIMEOUT", defaults.unusedRelease()))
                .withWindows(
                        number(env, "HTTP2_STREAM_WINDOW_SIZE", defaults.streamWindow(), 65_535, Integer.MAX_VALUE),
                        number(
                                env,
                                "HTTP2_CONNECTION_WINDOW_SIZE",
                                defaults.connectionWindow(),
                                65_536,
                                Integer.MAX_VALUE),
                        number(env, "HTTP2_FRAME_SIZE", defaults.frameSize(), 16_384, 16_777_215));
    }

    private static SocketSettings sockets(Map<String, String> env) {
        SocketSettings defaults = SocketSettings.IN_POD;
        return new SocketSettings(
                number(env, "PACKET_MARK", defaults.mark(), 1, Integer.MAX_VALUE),
                flag(env, "KEEPALIVE_ENABLED", defaults.keepalive()),
                duration(env, "KEEPALIVE_TIME", defaults.keepaliveIdle()),
                duration(env, "KEEPALIVE_INTERVAL", defaults.keepaliveInterval()),
                number(env, "KEEPALIVE_RETRIES", defaults.keepaliveProbes(), 1, 127),
                defaults.connectTimeout());
    }

    private static Features.OriginalSource originalSource(Map<String, String> env) {
        if (env.getOrDefault("ENABLE_ORIG_SRC", "").isEmpty()) {
            return Features.OriginalSource.IF_POSSIBLE;
        }
        return flag(env, "ENABLE_ORIG_SRC", true) ? Features.OriginalSource.ALWAYS : Features.OriginalSource.NEVER;
    }

    private static DnsSettings dns(Map<String, String> env) {
        String listen = env.getOrDefault("ISTIO_META_DNS_PROXY_ADDR", "");
        return new DnsSettings(
                env.getOrDefault("ISTIO_META_DNS_CAPTURE", "true").equals("true"),
                listen.isEmpty() ? DnsSettings.LOOPBACK : List.of(address("ISTIO_META_DNS_PROXY_ADDR", listen)),
                ResolvConf.resolvers(Path.of("/etc/resolv.conf")),
                env.getOrDefault("CLUSTER_DOMAIN", "cluster.local"),
                env.getOrDefault("PREFERED_SERVICE_NAMESPACE", ""),
                flag(env, "IPV6_ENABLED", true));
    }

    private static InetSocketAddress address(String name, String value) {
        if (!(Authority.parse(value) instanceof Authority.Ip(IpAddress ip, int port))) {
            throw new IllegalArgumentException("%s: %s (expected: address:port)".formatted(name, value));
        }
        return new InetSocketAddress(ip.toInetAddress(), port);
    }

    private static Duration drain(Map<String, String> env) {
        if (env.containsKey("CONNECTION_TERMINATION_DEADLINE")) {
            return duration(env, "CONNECTION_TERMINATION_DEADLINE", DEFAULT_DRAIN);
        }
        int grace = number(env, "TERMINATION_GRACE_PERIOD_SECONDS", 0, 0, 86_400);
        if (grace == 0) {
            return DEFAULT_DRAIN;
        }
        return Duration.ofSeconds(Math.max(1, grace > 10 ? grace - 5 : grace - 1));
    }

    private static int threads(Map<String, String> env) {
        String value = env.getOrDefault("ZTUNNEL_WORKER_THREADS", "");
        int processors = Runtime.getRuntime().availableProcessors();
        if (value.endsWith("%")) {
            int percent = parse("ZTUNNEL_WORKER_THREADS", value.substring(0, value.length() - 1), 1, 100);
            return Math.max(1, (processors * percent + 99) / 100);
        }
        int threads = number(env, "ZTUNNEL_WORKER_THREADS", DEFAULT_THREADS, 0, 1024);
        return threads == 0 ? processors : threads;
    }

    private static @Nullable Path path(String value) {
        return value.isEmpty() || value.equals("SYSTEM") ? null : Path.of(value);
    }

    private static boolean flag(Map<String, String> env, String name, boolean otherwise) {
        return switch (env.getOrDefault(name, "")) {
            case "" -> otherwise;
            case "true", "1" -> true;
            case "false", "0" -> false;
            default ->
                throw new IllegalArgumentException("%s: %s (expected: true or false)".formatted(name, env.get(name)));
        };
    }

    private static int number(Map<String, String> env, String name, int otherwise, int min, int max) {
        String value = env.getOrDefault(name, "");
        return value.isEmpty() ? otherwise : parse(name, value, min, max);
    }

    private static int parse(String name, String value, int min, int max) {
        try {
            int number = Integer.parseInt(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Reported below, with the range.
        }
        throw new IllegalArgumentException("%s: %s (expected: %d to %d)".formatted(name, value, min, max));
    }

    /** Reads {@code 1h2m3s} or {@code 250ms}. */
    private static Duration duration(Map<String, String> env, String name, Duration otherwise) {
        String value = env.getOrDefault(name, "");
        if (value.isEmpty()) {
            return otherwise;
        }
        try {
            return value.endsWith("ms")
                    ? Duration.ofMillis(Long.parseLong(value.substring(0, value.length() - 2)))
                    : Duration.parse("PT" + value);
        } catch (java.time.format.DateTimeParseException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: a duration such as 90s or 5m)".formatted(name, value), e);
        }
    }
}
