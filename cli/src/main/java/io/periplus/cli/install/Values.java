package io.periplus.cli.install;

import io.periplus.cli.CliException;
import io.periplus.cli.Version;
import io.periplus.cli.text.Yaml;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The chart's settings: {@code values.yaml}, overlaid by {@code --set}.
 *
 * @param namespace of the control plane
 * @param settings by dotted path
 * @param meshConfig the mesh configuration, as a tree
 */
public record Values(String namespace, Map<String, String> settings, Map<String, @Nullable Object> meshConfig) {
    private static final String MESH_CONFIG = "meshConfig";

    /** What stands for a map without entries. */
    static final String EMPTY_MAP = "{}";

    /** What stands for a list without entries. */
    static final String EMPTY_LIST = "[]";

    /** What can stand in YAML without quotes, so that no value can change a manifest's structure. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/][A-Za-z0-9._:/@-]*|");

    /** The names that Istio's installation gives to the same things. */
    private static final Map<String, String> ALIASES = Map.of(
            "global.multiCluster.clusterName", "global.clusterName", "meshConfig.trustDomain", "global.trustDomain");

    /** The chart's own values. */
    public static Values defaults(String namespace) {
        Map<String, String> settings = new TreeMap<>();
        Map<String, @Nullable Object> all = MeshValues.map(Yaml.load(Charts.text("periplus/values.yaml")));
        Map<String, @Nullable Object> mesh = MeshValues.map(all.remove(MESH_CONFIG));
        flatten("", all, settings);
        settings.put("image", "periplus/periplus:" + Version.current());
        return new Values(namespace, Map.copyOf(settings), mesh);
    }

    /**
     * With one more setting.
     *
     * @throws CliException if there is no such setting, or the value cannot stand in a manifest
     */
    public Values with(String name, String value) {
        String path = name.startsWith("values.") ? name.substring("values.".length()) : name;
        String known = ALIASES.getOrDefault(path, path);
        if (known.startsWith(MESH_CONFIG + ".")) {
            return withMesh(MeshValues.with(meshConfig, known.substring(MESH_CONFIG.length() + 1), value));
        }
        if (!has(known)) {
            throw new CliException("unknown setting \"" + name + "\" (known: "
                    + String.join(", ", new TreeMap<>(settings).keySet()) + ")");
        }
        if (value.equals(settings.get(known))) {
            return this;
        }
        if (!PLAIN.matcher(value).matches()) {
            throw new CliException(
                    "the value of \"" + name + "\" may have letters, digits and . _ : / @ - only: " + value);
        }
        Map<String, String> changed = new TreeMap<>(settings);
        changed.put(known, value);
        return new Values(namespace, Map.copyOf(changed), meshConfig);
    }

    /**
     * With a mesh configuration laid over this one's.
     *
     * @throws CliException if it contradicts what the mesh is installed with
     */
    public Values withMeshConfig(Map<String, @Nullable Object> over) {
        Map<String, @Nullable Object> rest = MeshValues.map(over);
        Object trustDomain = rest.remove("trustDomain");
        Values values = trustDomain == null ? this : with("global.trustDomain", String.valueOf(trustDomain));
        return values.withMesh(MeshValues.merge(meshConfig, rest));
    }

    private Values withMesh(Map<String, @Nullable Object> tree) {
        Object root = tree.remove("rootNamespace");
        if (root != null && !root.equals(namespace)) {
            throw new CliException("meshConfig.rootNamespace: " + root + " (expected: " + namespace
                    + ", the namespace of the control plane)");
        }
        return new Values(namespace, settings, Collections.unmodifiableMap(tree));
    }

    /** Whether there is a setting of this name, as {@link #with} takes it. */
    public boolean knows(String name) {
        String path = name.startsWith("values.") ? name.substring("values.".length()) : name;
        String known = ALIASES.getOrDefault(path, path);
        return has(known) || known.startsWith(MESH_CONFIG + ".");
    }

    // Of a map without entries users choose the names.
    private boolean has(String name) {
        int dot = name.lastIndexOf('.');
        return settings.containsKey(name) || (dot > 0 && EMPTY_MAP.equals(settings.get(name.substring(0, dot))));
    }

    /** The settings of a map by the names that users chose, sorted. */
    Map<String, String> under(String path) {
        Map<String, String> found = new TreeMap<>();
        settings.forEach((name, value) -> {
            if (name.startsWith(path + ".")) {
                found.put(name.substring(path.length() + 1), value);
            }
        });
        return found;
    }

    String get(String path) {
        String value = settings.get(path);
        if (value == null) {
            throw new IllegalArgumentException("the chart uses a setting that values.yaml does not have: " + path);
        }
        return value;
    }

    static void flatten(String prefix, @Nullable Object value, Map<String, String> target) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            map.forEach((key, nested) -> flatten(prefix.isEmpty() ? "" + key : prefix + "." + key, nested, target));
        } else {
            target.put(prefix, value == null ? "" : value.toString());
        }
    }
}
