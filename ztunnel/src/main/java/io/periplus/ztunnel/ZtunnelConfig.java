package io.periplus.ztunnel;

import com.google.protobuf.Struct;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.controlplane.FileOrText;
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
 * @param standalone what there is instead of a control plane and a node agent
 * @param xdsRoots {@code null} for the JDK's roots; likewise {@code caRoots}
 * @param xdsOtherName a name that the control plane's certificate may have instead; likewise {@code caOtherName}
 * @param xdsHeaders further headers for every call of the control plane; likewise {@code caHeaders} of the authority
 * @param onDemand whether addresses are asked for one by one
 * @param token {@code null} for no token
 * @param crlFile {@code null} if certificates are never revoked
 * @param drain how long connections may go on after SIGTERM
 * @param logsPolicies whether decisions of policies are logged without asking for debugging
 * @param threads event loops of the byte path
 * @param ports of the process itself
 * @param metadata what the control plane is told of this process
 */
record ZtunnelConfig(
        Standalone standalone,
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
        @Nullable FileOrText xdsRoots,
        @Nullable FileOrText caRoots,
        @Nullable String xdsOtherName,
        @Nullable String caOtherName,
        Map<String, String> xdsHeaders,
        Map<String, String> caHeaders,
        boolean onDemand,
        @Nullable FileOrText token,
        @Nullable Path crlFile,
        Duration secretTtl,
        Duration drain,
        int threads,
        CompliancePolicy compliance,
        boolean tls12,
        Features features,
        HboneSettings hbone,
        SocketSettings sockets,
        DnsSettings dns,
        boolean logsPolicies,
        LogFormat logFormat,
        String logLevels,
        String version,
        Struct metadata,
        AdminServers.Ports ports) {
    private static final String ISTIOD = "https://istiod.istio-system.svc:15012";
    private static final String ROOT = "/var/run/secrets/istio/root-cert.pem";
    private static final int PORT_MAX = 65_535;
    private static final String DNS_CAPTURE = "ISTIO_META_DNS_CAPTURE";
    private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(5);

    /** @throws IllegalArgumentException naming the variable that cannot be used */
    static ZtunnelConfig of(Map<String, String> variables) {
        Environment env = new Environment(variables);
        String xds = env.text("XDS_ADDRESS", ISTIOD);
        String node = env.text("NODE_NAME", "");
        String cluster = env.text("ISTIO_META_CLUSTER_ID", env.text("CLUSTER_ID", "Kubernetes"));
        Standalone standalone = Standalone.of(env);
        return new ZtunnelConfig(
                standalone,
                node,
                env.text("POD_NAME", ""),
                env.text("POD_NAMESPACE", ""),
                env.text("SERVICE_ACCOUNT", ""),
                env.text("INSTANCE_IP", ""),
                env.text("NETWORK", ""),
                cluster,
                env.text("CLUSTER_DOMAIN", "cluster.local"),
                Path.of(env.text("INPOD_UDS", "/var/run/ztunnel/ztunnel.sock")),
                xds,
                env.text("CA_ADDRESS", xds),
                env.roots("XDS_ROOT_CA", ROOT),
                env.roots("CA_ROOT_CA", ROOT),
                env.optional("ALT_XDS_HOSTNAME"),
                env.optional("ALT_CA_HOSTNAME"),
                env.prefixed("XDS_HEADER_"),
                env.prefixed("CA_HEADER_"),
                onDemand(env, standalone),
                env.token("AUTH_TOKEN", "/var/run/secrets/tokens/istio-token"),
                env.path("CRL_PATH", ""),
                env.duration("SECRET_TTL", Duration.ofHours(24)),
                drain(env),
                WorkerThreads.of(env, Runtime.getRuntime().availableProcessors()),
                CompliancePolicy.parse(env.text("COMPLIANCE_POLICY", "")),
                env.flag("TLS12_ENABLED", false),
                features(env),
                hbone(env),
                sockets(env, standalone.pod() != null),
                dns(env),
                env.flag("AUTHZ_POLICY_INFO_LOGGING", false),
                LogFormat.of(variables.get("LOG_FORMAT")),
                env.text("RUST_LOG", "info"),
                env.text("ISTIO_META_ISTIO_VERSION", "unknown"),
                NodeMetadata.of(env, node, cluster),
                new AdminServers.Ports(
                        env.number(ProxyDefaults.ADMIN_PORT, AdminServers.Ports.STANDARD.admin(), 1, PORT_MAX),
                        env.number(ProxyDefaults.STATS_PORT, AdminServers.Ports.STANDARD.metrics(), 1, PORT_MAX),
                        AdminServers.Ports.STANDARD.readiness()));
    }

    /** The proxy's own pod; {@code null} if the environment does not say which that is. */
    @Nullable
    Pod self() {
        return standalone.pod() != null || pod.isEmpty() || namespace.isEmpty() || serviceAccount.isEmpty()
                ? null
                : new Pod("self", namespace, pod, serviceAccount);
    }

    private static HboneSettings hbone(Environment env) {
        HboneSettings defaults = HboneSettings.DEFAULT;
        return defaults.withStreamsPerConnection(
                        env.number("POOL_MAX_STREAMS_PER_CONNECTION", defaults.streamsPerConnection(), 1, 1 << 20))
                .withTimes(
                        defaults.keepaliveInterval(),
                        defaults.handshakeTimeout(),
                        defaults.answerTimeout(),
                        defaults.probeTimeout(),
                        env.duration("POOL_UNUSED_RELEASE_TIMEOUT", defaults.unusedRelease()))
                .withWindows(
                        env.number("HTTP2_STREAM_WINDOW_SIZE", defaults.streamWindow(), 65_535, Integer.MAX_VALUE),
                        env.number(
                                "HTTP2_CONNECTION_WINDOW_SIZE", defaults.connectionWindow(), 65_536, Integer.MAX_VALUE),
                        env.number("HTTP2_FRAME_SIZE", defaults.frameSize(), 16_384, 16_777_215));
    }

    /** Names are answered from all services of the mesh, which a proxy that asks for single addresses does not know. */
    private static boolean onDemand(Environment env, Standalone standalone) {
        boolean asked = env.flag("XDS_ON_DEMAND", false);
        if (asked && env.text(DNS_CAPTURE, "true").equals("true")) {
            throw new IllegalArgumentException(
                    "XDS_ON_DEMAND: true (expected: false, or %s=false: the DNS proxy has to know every service)"
                            .formatted(DNS_CAPTURE));
        }
        return asked && standalone.controlPlane();
    }

    /** @param alone who runs alone need not be allowed to mark packets, and has nobody to mark them for */
    private static SocketSettings sockets(Environment env, boolean alone) {
        SocketSettings defaults = SocketSettings.IN_POD;
        return new SocketSettings(
                env.number("PACKET_MARK", alone ? 0 : defaults.mark(), 1, Integer.MAX_VALUE),
                env.flag("KEEPALIVE_ENABLED", defaults.keepalive()),
                env.duration("KEEPALIVE_TIME", defaults.keepaliveIdle()),
                env.duration("KEEPALIVE_INTERVAL", defaults.keepaliveInterval()),
                env.number("KEEPALIVE_RETRIES", defaults.keepaliveProbes(), 1, 127),
                env.flag("USER_TIMEOUT_ENABLED", defaults.userTimeout()),
                defaults.connectTimeout());
    }

    private static Features features(Environment env) {
        Features features = new Features(
                env.flag("ENABLE_RESPONSE_BAGGAGE", true),
                env.flag("LOCALHOST_APP_TUNNEL", true),
                env.flag("IPV6_ENABLED", true),
                env.flag("UNSTABLE_ENABLE_SOCKS5", false),
                originalSource(env),
                env.flag("ENABLE_PROXY", true),
                env.flag("INPOD_PORT_REUSE", true));
        if (!features.proxy() && !env.text(DNS_CAPTURE, "true").equals("true")) {
            throw new IllegalArgumentException(
                    "ENABLE_PROXY: false (expected: true, since %s turns the DNS proxy off, too)"
                            .formatted(DNS_CAPTURE));
        }
        return features;
    }

    private static Features.OriginalSource originalSource(Environment env) {
        if (env.text("ENABLE_ORIG_SRC", "").isEmpty()) {
            return Features.OriginalSource.IF_POSSIBLE;
        }
        return env.flag("ENABLE_ORIG_SRC", true) ? Features.OriginalSource.ALWAYS : Features.OriginalSource.NEVER;
    }

    private static DnsSettings dns(Environment env) {
        String listen = env.text("ISTIO_META_DNS_PROXY_ADDR", "");
        return new DnsSettings(
                env.text(DNS_CAPTURE, "true").equals("true"),
                listen.isEmpty() ? DnsSettings.LOOPBACK : List.of(address("ISTIO_META_DNS_PROXY_ADDR", listen)),
                ResolvConf.resolvers(Path.of("/etc/resolv.conf")),
                env.text("CLUSTER_DOMAIN", "cluster.local"),
                env.text("PREFERED_SERVICE_NAMESPACE", ""),
                env.flag("IPV6_ENABLED", true));
    }

    private static InetSocketAddress address(String name, String value) {
        if (!(Authority.parse(value) instanceof Authority.Ip(IpAddress ip, int port))) {
            throw new IllegalArgumentException("%s: %s (expected: address:port)".formatted(name, value));
        }
        return new InetSocketAddress(ip.toInetAddress(), port);
    }

    private static Duration drain(Environment env) {
        int grace = env.number("TERMINATION_GRACE_PERIOD_SECONDS", 0, 0, 86_400);
        Duration byGrace =
                grace == 0 ? DEFAULT_DRAIN : Duration.ofSeconds(Math.max(1, grace > 10 ? grace - 5 : grace - 1));
        return env.duration("CONNECTION_TERMINATION_DEADLINE", byGrace);
    }
}
