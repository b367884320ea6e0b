package io.periplus.controlplane;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.jwks.JwksSettings;
import io.periplus.model.MeshSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The environment of the control plane, read once. Every name is in {@code control-plane/README.md}.
 *
 * @param waypointImage   empty when none is set; waypoints are then not deployed
 * @param waypointNetwork empty to take the network of the system namespace
 * @param jwks            how keys of token issuers are fetched
 */
public record ControlPlaneConfig(
        MeshSettings mesh,
        String podName,
        String namespace,
        Set<NamespacedName> trustedNodeAccounts,
        Path rootCaDirectory,
        List<String> tokenAudiences,
        Duration defaultCertLife,
        Duration maxCertLife,
        String waypointImage,
        String waypointNetwork,
        Map<String, String> proxyEnvironment,
        Duration debounce,
        JwksSettings jwks,
        Ports ports) {

    /** Ports that are listened on; 0 lets the system choose (for tests). */
    public record Ports(int http, int plaintext, int secure, int monitoring) {
        /** The ports of istiod. */
        public static final Ports DEFAULT = new Ports(8080, 15010, 15012, 15014);
    }

    /** The same with other ports. */
    public ControlPlaneConfig withPorts(Ports other) {
        return new ControlPlaneConfig(
                mesh,
                podName,
                namespace,
                trustedNodeAccounts,
                rootCaDirectory,
                tokenAudiences,
                defaultCertLife,
                maxCertLife,
                waypointImage,
                waypointNetwork,
                proxyEnvironment,
                debounce,
                jwks,
                other);
    }

    /**
     * Reads the environment.
     *
     * @throws IllegalArgumentException naming the variable that cannot be read
     */
    public static ControlPlaneConfig from(Map<String, String> env) {
        String namespace = env.getOrDefault("POD_NAMESPACE", "istio-system");
        MeshSettings mesh = new MeshSettings(
                env.getOrDefault("CLUSTER_ID", "Kubernetes"),
                env.getOrDefault("CLUSTER_DOMAIN", "cluster.local"),
                env.getOrDefault("TRUST_DOMAIN", "cluster.local"),
                namespace,
                env.getOrDefault("REVISION", "default"),
                MeshSettings.switches(one -> flag(env, one.variable(), one.unset())));
        return new ControlPlaneConfig(
                mesh,
                env.getOrDefault("POD_NAME", env.getOrDefault("HOSTNAME", "istiod")),
                namespace,
                accounts(env.getOrDefault("CA_TRUSTED_NODE_ACCOUNTS", "")),
                Path.of(env.getOrDefault("ROOT_CA_DIR", "/etc/cacerts")),
                Arrays.asList(env.getOrDefault("TOKEN_AUDIENCES", "istio-ca").split(",")),
                duration(env, "DEFAULT_WORKLOAD_CERT_TTL", "24h"),
                duration(env, "MAX_WORKLOAD_CERT_TTL", "2160h"),
                env.getOrDefault("WAYPOINT_IMAGE", ""),
                env.getOrDefault("WAYPOINT_NETWORK", ""),
                passedOn(env),
                duration(env, "PILOT_DEBOUNCE_AFTER", "10ms"),
                JwksSettings.of(
                        duration(env, "PILOT_JWT_PUB_KEY_REFRESH_INTERVAL", "20m"),
                        env.getOrDefault("BLOCKED_CIDRS_IN_JWKS_URIS", ""),
                        flag(env, "PERIPLUS_JWKS_FROM_LOOPBACK", false)),
                Ports.DEFAULT);
    }

    // The mesh's access log is set on the control plane and written by the proxies that it deploys.
    private static Map<String, String> passedOn(Map<String, String> env) {
        Map<String, String> passed = new TreeMap<>();
        for (String name : List.of("ACCESS_LOG_FILE", "ACCESS_LOG_ENCODING", "ACCESS_LOG_FORMAT")) {
            String value = env.getOrDefault(name, "");
            if (!value.isEmpty()) {
                passed.put(name, value);
            }
        }
        return passed;
    }

    private static boolean flag(Map<String, String> env, String name, boolean unset) {
        String value = env.getOrDefault(name, String.valueOf(unset));
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException(name + ": \"" + value + "\" (expected: true or false)");
        }
        return value.equals("true");
    }

    private static Set<NamespacedName> accounts(String text) {
        Set<NamespacedName> accounts = new LinkedHashSet<>();
        for (String item : text.split(",")) {
            String account = item.strip();
            int slash = account.indexOf('/');
            if (slash > 0 && slash < account.length() - 1) {
                accounts.add(new NamespacedName(account.substring(0, slash), account.substring(slash + 1)));
            } else if (!account.isEmpty()) {
                throw new IllegalArgumentException(
                        "CA_TRUSTED_NODE_ACCOUNTS: \"" + account + "\" (expected: namespace/serviceaccount)");
            }
        }
        return accounts;
    }

    // Durations as Go writes them, with one unit.
    private static Duration duration(Map<String, String> env, String name, String otherwise) {
        String text = env.getOrDefault(name, otherwise);
        try {
            if (text.endsWith("ms")) {
                return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
            }
            long amount = Long.parseLong(text.substring(0, text.length() - 1));
            return switch (text.charAt(text.length() - 1)) {
                case 's' -> Duration.ofSeconds(amount);
                case 'm' -> Duration.ofMinutes(amount);
                case 'h' -> Duration.ofHours(amount);
                default -> throw new NumberFormatException(text);
            };
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(
                    name + ": \"" + text + "\" (expected a duration such as 24h or 100ms)", e);
        }
    }
}
