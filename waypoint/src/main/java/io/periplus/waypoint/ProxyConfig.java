package io.periplus.waypoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.util.AsciiString;
import io.periplus.api.SpiffeId;
import io.periplus.api.http.HttpText;
import io.periplus.dataplane.http.Http2Windows;
import io.periplus.dataplane.http.PathNormalization;
import io.periplus.dataplane.tls.CompliancePolicy;
import io.periplus.waypoint.exchange.AnswerFields;
import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.waypoint.route.RetryConditions;
import io.periplus.waypoint.route.RetryRules;
import io.periplus.waypoint.telemetry.LogLine;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the environment of the pod says; names are upstream's.
 *
 * @param trustDomainAliases trust domains in which identities are the same as in its own
 * @param gateway name of this proxy's Gateway
 * @param service name of the Service of this proxy's Gateway
 * @param controlPlane address of the control plane, which is the certificate authority too
 * @param rootFile PEM file that the control plane is verified with, null for the JDK's roots
 * @param tokenFile bearer token for the control plane, null for none
 * @param localFiles file or directory that the configuration is read from in place of a control plane; null for a control
 *     plane
 * @param drain how long requests in progress may go on after SIGTERM
 * @param threads event loops of the data path
 * @param trustedProxies that stand before a gateway and append to {@code x-forwarded-for}
 * @param accessLog what its lines look like, null for no access log
 * @param tcpSkipsHttpChecks whether connections pass by what can only be asked of requests, as upstream's do
 */
record ProxyConfig(
        ProxyKind kind,
        String pod,
        String namespace,
        String serviceAccount,
        String address,
        String node,
        String cluster,
        String network,
        String trustDomain,
        Set<String> trustDomainAliases,
        String clusterDomain,
        String gateway,
        String service,
        String controlPlane,
        @Nullable Path rootFile,
        @Nullable Path tokenFile,
        @Nullable Path localFiles,
        Duration certificateLifetime,
        Duration drain,
        int threads,
        @Nullable LogLine accessLog,
        CompliancePolicy compliance,
        HttpSettings http,
        int trustedProxies,
        boolean tcpSkipsHttpChecks) {
    private static final int LIFETIME_HOURS = 24;
    private static final int DRAIN_SECONDS = 5;

    /** Two loops keep two small cores busy; more only cost memory. */
    private static final int THREADS_MAX = 2;

    /** @throws IllegalArgumentException naming the variable that is missing or cannot be used */
    static ProxyConfig of(ProxyKind kind, Map<String, String> given) {
        Map<String, String> env = given;
        if (given.containsKey("LOCAL_XDS_PATH")) {
            env = new HashMap<>(Map.of("GATEWAY_NAME", "local", "POD_NAME", "local", "POD_NAMESPACE", "default"));
            env.putAll(given);
        }
        String gateway = required(env, "GATEWAY_NAME");
        String account = env.getOrDefault("SERVICE_ACCOUNT", env.getOrDefault("ISTIO_META_SERVICE_ACCOUNT", ""));
        return new ProxyConfig(
                kind,
                required(env, "POD_NAME"),
                required(env, "POD_NAMESPACE"),
                account.isEmpty() ? gateway : account,
                env.getOrDefault("INSTANCE_IP", ""),
                env.getOrDefault("ISTIO_META_NODE_NAME", ""),
                env.getOrDefault("ISTIO_META_CLUSTER_ID", "Kubernetes"),
                env.getOrDefault("ISTIO_META_NETWORK", ""),
                env.getOrDefault("TRUST_DOMAIN", SpiffeId.DEFAULT_TRUST_DOMAIN),
                names(env.getOrDefault("TRUST_DOMAIN_ALIASES", "")),
                env.getOrDefault("CLUSTER_DOMAIN", "cluster.local"),
                gateway,
                env.getOrDefault("ISTIO_META_WORKLOAD_NAME", gateway),
                env.getOrDefault("CA_ADDR", "istiod.istio-system.svc:15012"),
                path(env.getOrDefault("CA_ROOT_CA", "/var/run/secrets/istio/root-cert.pem")),
                path(env.getOrDefault("AUTH_TOKEN", "/var/run/secrets/tokens/istio-token")),
                path(env.getOrDefault("LOCAL_XDS_PATH", "")),
                Duration.ofHours(number(env, "SECRET_TTL_HOURS", LIFETIME_HOURS, 1)),
                Duration.ofSeconds(number(env, "TERMINATION_DRAIN_DURATION_SECONDS", DRAIN_SECONDS, 0)),
                number(
                        env,
                        "CONCURRENCY",
                        Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors()),
                        1),
                accessLog(env),
                CompliancePolicy.parse(env.getOrDefault("COMPLIANCE_POLICY", "")),
                http(
                        env,
                        new SpiffeId(
                                env.getOrDefault("TRUST_DOMAIN", SpiffeId.DEFAULT_TRUST_DOMAIN),
                                required(env, "POD_NAMESPACE"),
                                account.isEmpty() ? gateway : account)),
                number(env, "NUM_TRUSTED_PROXIES", 0, 0),
                isOn(env, "PERIPLUS_TCP_SKIPS_HTTP_CHECKS"));
    }

    private static Set<String> names(String separatedByCommas) {
        return Arrays.stream(separatedByCommas.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whose certificate this proxy presents. */
    SpiffeId identity() {
        return new SpiffeId(trustDomain, namespace, serviceAccount);
    }

    /** The full host name of its Service, by which services name a waypoint. */
    String hostname() {
        return service + "." + namespace + ".svc." + clusterDomain;
    }

    /** The mesh's {@code accessLogFile}, {@code accessLogEncoding} and {@code accessLogFormat}. */
    private static @Nullable LogLine accessLog(Map<String, String> env) {
        String file = env.getOrDefault("ACCESS_LOG_FILE", "");
        if (file.isEmpty()) {
            return null;
        }
        if (!file.equals("/dev/stdout")) {
            throw new IllegalArgumentException("ACCESS_LOG_FILE: " + file + " (expected: /dev/stdout, or nothing)");
        }
        String format = env.getOrDefault("ACCESS_LOG_FORMAT", "");
        String encoding = env.getOrDefault("ACCESS_LOG_ENCODING", "TEXT");
        return switch (encoding) {
            case "TEXT" -> LogLine.text(format);
            case "JSON" -> format.isEmpty() ? LogLine.json() : LogLine.json(jsonFormat(format));
            default ->
                throw new IllegalArgumentException("ACCESS_LOG_ENCODING: " + encoding + " (expected: TEXT or JSON)");
        };
    }

    /** {@code HTTP10} and {@code IDLE_TIMEOUT} are per-proxy metadata; the mesh's own switch for the first is known too. */
    private static PathNormalization paths(String text) {
        for (PathNormalization form : PathNormalization.values()) {
            if (form.name().equals(text)) {
                return form;
            }
        }
        if (text.isEmpty() || text.equals("DEFAULT")) {
            return PathNormalization.BASE;
        }
        throw new IllegalArgumentException(
                "PATH_NORMALIZATION: \"" + text + "\" (expected: one of " + List.of(PathNormalization.values()) + ")");
    }

    private static HttpSettings http(Map<String, String> env, SpiffeId self) {
        HttpSettings settings = HttpSettings.DEFAULT
                .withHttp10(isOn(env, "ISTIO_META_HTTP10") || isOn(env, "PILOT_HTTP10"))
                .withHttp1Trailers(isOn(env, "HTTP1_TRAILERS"))
                .withHeadTimeout(Duration.ofSeconds(number(
                        env,
                        "REQUEST_HEAD_TIMEOUT_SECONDS",
                        (int) HttpSettings.DEFAULT.headTimeout().toSeconds(),
                        1)));
        settings = settings.withPaths(paths(env.getOrDefault("PATH_NORMALIZATION", "")))
                .withWindows(windows(env))
                .withRetries(retries(env))
                .withAnswers(answers(env));
        if (isOn(env, "XFCC_INCLUDE_CLIENT_IDENTITY")) {
            settings = settings.withClientsBy(self);
        }
        String forwarders = env.getOrDefault("PERIPLUS_FORWARDED_FOR_FROM", "");
        if (!forwarders.isEmpty()) {
            settings = settings.withForwarders(forwarders(self.trustDomain(), forwarders));
        }
        String idle = env.getOrDefault("ISTIO_META_IDLE_TIMEOUT", "");
        return idle.isEmpty() ? settings : settings.withIdleTimeout(duration("ISTIO_META_IDLE_TIMEOUT", idle));
    }

    /** The mesh's {@code defaultHttpRetryPolicy}. */
    private static RetryRules retries(Map<String, String> env) {
        String on = env.getOrDefault("HTTP_RETRY_ON", "");
        RetryRules usual = RetryRules.DEFAULT;
        return new RetryRules(
                number(env, "HTTP_RETRY_ATTEMPTS", usual.most(), 0),
                on.isEmpty() ? usual.on() : RetryConditions.of(on),
                RetryConditions.statuses(on).sorted().toArray(),
                number(env, "HTTP_RETRY_BACKOFF_MS", 0, 0));
    }

    /** The mesh's {@code proxyHeaders}. */
    private static AnswerFields answers(Map<String, String> env) {
        String server = env.getOrDefault("SERVER_HEADER", "");
        AsciiString said = server.isEmpty() ? AnswerFields.DEFAULT.server() : AsciiString.of(server);
        if (!HttpText.isValue(server)) {
            throw new IllegalArgumentException("SERVER_HEADER: \"" + server + "\" (expected: a value for a header)");
        }
        return new AnswerFields(
                isOn(env, "SERVER_HEADER_DISABLED") ? null : said, !isOn(env, "ENVOY_DEBUG_HEADERS_DISABLED"));
    }

    private static Set<SpiffeId> forwarders(String trustDomain, String text) {
        Set<SpiffeId> all = new HashSet<>();
        for (String account : text.split(",")) {
            String[] parts = account.strip().split("/", -1);
            if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
                throw new IllegalArgumentException("PERIPLUS_FORWARDED_FOR_FROM: \"" + text
                        + "\" (expected: service accounts such as istio-ingress/gateway-istio, separated by commas)");
            }
            all.add(new SpiffeId(trustDomain, parts[0], parts[1]));
        }
        return Set.copyOf(all);
    }

    private static Http2Windows windows(Map<String, String> env) {
        Http2Windows usual = Http2Windows.OF_ONE_CLIENT;
        int stream = number(env, "HTTP2_STREAM_WINDOW_BYTES", usual.streamBytes(), Http2Windows.BYTES_MIN);
        int connection = Math.max(stream, usual.connectionBytes());
        return new Http2Windows(stream, number(env, "HTTP2_CONNECTION_WINDOW_BYTES", connection, stream));
    }

    private static boolean isOn(Map<String, String> env, String name) {
        String value = env.getOrDefault(name, "");
        return value.equals("1") || value.equals("true");
    }

    /** Hours, minutes and seconds as Go writes them, such as {@code 1h30m}. */
    private static Duration duration(String name, String text) {
        try {
            Duration parsed = Duration.parse("PT" + text);
            if (parsed.isPositive()) {
                return parsed;
            }
        } catch (DateTimeParseException _) {
            // Reported below.
        }
        throw new IllegalArgumentException("%s: %s (expected: a duration such as 1h or 90s)".formatted(name, text));
    }

    private static Map<String, String> jsonFormat(String format) {
        try {
            return new ObjectMapper().readValue(format, new TypeReference<LinkedHashMap<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "ACCESS_LOG_FORMAT: not a JSON object of strings: " + e.getOriginalMessage(), e);
        }
    }

    private static String required(Map<String, String> env, String name) {
        String value = env.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new IllegalArgumentException(
                    name + ": not set (expected: as the control plane sets it on the pods of Gateways)");
        }
        return value;
    }

    private static int number(Map<String, String> env, String name, int otherwise, int min) {
        String value = env.getOrDefault(name, "");
        if (value.isEmpty()) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= min) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Reported below.
        }
        throw new IllegalArgumentException("%s: %s (expected: a number >= %d)".formatted(name, value, min));
    }

    private static @Nullable Path path(String value) {
        return value.isEmpty() || value.equals("SYSTEM") ? null : Path.of(value);
    }
}
