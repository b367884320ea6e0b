package io.periplus.controlplane.mesh;

import com.google.protobuf.Duration;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.periplus.model.MeshSettings;
import io.periplus.model.input.LabelSelectorInput;
import io.periplus.model.mesh.EntryVisibility;
import io.periplus.model.mesh.MeshConfig;
import io.periplus.model.mesh.ProviderInput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** From the text of the mesh configuration to what of it has an effect. */
final class MeshConfigReader {
    /** Settled by the environment of the pods that the installation makes. */
    private static final Set<String> INSTALLED = Set.of("discoveryAddress");

    private static final List<String> PATH_NORMALIZATIONS =
            List.of("DEFAULT", "NONE", "BASE", "MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES");

    private final MeshSettings mesh;
    private final KubernetesSerialization yaml;

    /** @param mesh what this control plane was installed with */
    MeshConfigReader(MeshSettings mesh, KubernetesSerialization yaml) {
        this.mesh = mesh;
        this.yaml = yaml;
    }

    /** @throws MeshConfigException if the text is no YAML, or a field has a value that it does not take */
    Reading read(String text) throws MeshConfigException {
        List<String> findings = new ArrayList<>();
        Section root = new Section("", text.isBlank() ? Map.of() : parse(text));
        same(root, "trustDomain", mesh.trustDomain(), findings);
        same(root, "rootNamespace", mesh.rootNamespace(), findings);
        Map<String, String> environment = new TreeMap<>();
        proxies(root.section("defaultConfig"), environment, findings);
        accessLog(root, environment);
        HttpDefaults.read(root, environment, findings);
        Section paths = root.section("pathNormalization");
        put(environment, "PATH_NORMALIZATION", oneOf(paths, "normalization", PATH_NORMALIZATIONS));
        ignored(paths, findings);
        traffic(root, findings);
        Map<String, ProviderInput> providers = providers(root, findings);
        List<String> trustDomains = List.copyOf(root.texts("trustDomainAliases"));
        if (!trustDomains.isEmpty()) {
            environment.put("TRUST_DOMAIN_ALIASES", String.join(",", trustDomains));
        }
        List<LabelSelectorInput> discovery = Selectors.list(root, "discoverySelectors", findings);
        EntryVisibility visibility = VisibilityReader.read(root, findings);
        Duration connectTimeout = positive(root, "connectTimeout");
        ignored(root, findings);
        return new Reading(
                new MeshConfig(Map.copyOf(environment), providers, trustDomains, discovery, visibility, connectTimeout),
                List.copyOf(findings));
    }

    private Object parse(String text) throws MeshConfigException {
        try {
            return yaml.unmarshal(text, Object.class);
        } catch (RuntimeException e) {
            throw new MeshConfigException("not YAML: " + firstLine(e));
        }
    }

    private static String firstLine(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    /** What the mesh was installed with holds until it is installed anew. */
    private static void same(Section root, String field, String installed, List<String> findings)
            throws MeshConfigException {
        String wanted = root.text(field);
        if (wanted != null && !wanted.isEmpty() && !wanted.equals(installed)) {
            findings.add(root.at(field) + ": " + wanted + " has no effect: the mesh was installed with " + installed);
        }
    }

    private static void proxies(Section config, Map<String, String> environment, List<String> findings)
            throws MeshConfigException {
        environment.putAll(config.textMap("proxyMetadata"));
        Long concurrency = config.number("concurrency");
        if (concurrency != null && concurrency > 0) {
            environment.put("CONCURRENCY", String.valueOf(concurrency));
        }
        Duration drain = config.duration("terminationDrainDuration");
        if (drain != null) {
            environment.put("TERMINATION_DRAIN_DURATION_SECONDS", String.valueOf(drain.getSeconds()));
        }
        Section topology = config.section("gatewayTopology");
        Long trusted = topology.number("numTrustedProxies");
        if (trusted != null) {
            environment.put("NUM_TRUSTED_PROXIES", String.valueOf(trusted));
        }
        HttpDefaults.headers(config.section("proxyHeaders"), environment, findings);
        INSTALLED.forEach(config::has);
        ignored(config, findings);
        ignored(topology, findings);
    }

    private static @Nullable Duration positive(Section section, String field) throws MeshConfigException {
        Duration duration = section.duration(field);
        if (duration != null && duration.getSeconds() <= 0 && duration.getNanos() <= 0) {
            throw new MeshConfigException(section.at(field) + ": " + section.text(field) + " (expected: more than 0)");
        }
        return duration;
    }

    private static void accessLog(Section root, Map<String, String> environment) throws MeshConfigException {
        put(environment, "ACCESS_LOG_FILE", oneOf(root, "accessLogFile", List.of("", "/dev/stdout")));
        put(environment, "ACCESS_LOG_ENCODING", oneOf(root, "accessLogEncoding", List.of("", "TEXT", "JSON")));
        put(environment, "ACCESS_LOG_FORMAT", root.text("accessLogFormat"));
    }

    private static void put(Map<String, String> environment, String name, @Nullable String value) {
        if (value != null) {
            environment.put(name, value);
        }
    }

    private static @Nullable String oneOf(Section section, String field, List<String> known)
            throws MeshConfigException {
        String value = section.text(field);
        if (value != null && !known.contains(value)) {
            throw new MeshConfigException(section.at(field) + ": " + value + " (expected: "
                    + String.join(", ", known.stream().filter(k -> !k.isEmpty()).toList()) + ", or nothing)");
        }
        return value;
    }

    /** Pods in ambient mode reach what the mesh does not know, as upstream's do. */
    private static void traffic(Section root, List<String> findings) throws MeshConfigException {
        Section outbound = root.section("outboundTrafficPolicy");
        String mode = oneOf(outbound, "mode", List.of("", "ALLOW_ANY", "REGISTRY_ONLY"));
        if ("REGISTRY_ONLY".equals(mode)) {
            findings.add("outboundTrafficPolicy.mode: REGISTRY_ONLY has no effect in ambient mode; send traffic to"
                    + " outside hosts through a waypoint and restrict it there");
        }
    }

    private static Map<String, ProviderInput> providers(Section root, List<String> findings)
            throws MeshConfigException {
        Map<String, ProviderInput> providers = new LinkedHashMap<>();
        for (Section section : root.sections("extensionProviders")) {
            String name = section.text("name");
            if (name == null || name.isEmpty()) {
                findings.add(section.at("name") + ": a provider without a name cannot be used");
                continue;
            }
            ProviderInput provider = ProviderReader.read(name, section, findings);
            if (provider != null && providers.put(name, provider) != null) {
                String why = "the name stands twice in extensionProviders";
                findings.add(section.at("name") + ": " + name + ": " + why);
                providers.put(name, ProviderInput.unusable(name, why));
            }
        }
        return Map.copyOf(providers);
    }

    static void ignored(Section section, List<String> findings) {
        section.unasked().forEach(field -> findings.add(section.at(field) + ": has no effect here"));
    }
}
