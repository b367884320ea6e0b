package io.periplus.cli.install;

import io.periplus.cli.CliException;
import io.periplus.cli.Version;
import io.periplus.cli.text.Yaml;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The chart's settings: {@code values.yaml}, overlaid by {@code --set}.
 *
 * @param namespace of the control plane
 * @param settings by dotted path
 */
public record Values(String namespace, Map<String, String> settings) {
    /** What can stand in YAML without quotes, so that no value can change a manifest's structure. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]*|");

    /** The names that Istio's installation gives to the same things. */
    private static final Map<String, String> ALIASES = Map.of(
            "global.multiCluster.clusterName", "global.clusterName", "meshConfig.trustDomain", "global.trustDomain");

    /** The chart's own values. */
    public static Values defaults(String namespace) {
        Map<String, String> settings = new TreeMap<>();
        flatten("", Yaml.load(Charts.text("periplus/values.yaml")), settings);
        settings.put("image", "periplus/periplus:" + Version.current());
        return new Values(namespace, Map.copyOf(settings));
    }

    /**
     * With one more setting.
     *
     * @throws CliException if there is no such setting, or the value cannot stand in a manifest
     */
    public Values with(String name, String value) {
        String path = name.startsWith("values.") ? name.substring("values.".length()) : name;
        String known = ALIASES.getOrDefault(path, path);
        if (!settings.containsKey(known)) {
            throw new CliException("unknown setting \"" + name + "\" (known: "
                    + String.join(", ", new TreeMap<>(settings).keySet()) + ")");
        }
        if (!PLAIN.matcher(value).matches()) {
            throw new CliException(
                    "the value of \"" + name + "\" may have letters, digits and . _ : / @ - only: " + value);
        }
        Map<String, String> changed = new TreeMap<>(settings);
        changed.put(known, value);
        return new Values(namespace, Map.copyOf(changed));
    }

    /** Whether there is a setting of this name, as {@link #with} takes it. */
    public boolean knows(String name) {
        String path = name.startsWith("values.") ? name.substring("values.".length()) : name;
        return settings.containsKey(ALIASES.getOrDefault(path, path));
    }

    String get(String path) {
        String value = settings.get(path);
        if (value == null) {
            throw new IllegalArgumentException("the chart uses a setting that values.yaml does not have: " + path);
        }
        return value;
    }

    static void flatten(String prefix, @Nullable Object value, Map<String, String> target) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, nested) -> flatten(prefix.isEmpty() ? "" + key : prefix + "." + key, nested, target));
        } else {
            target.put(prefix, value == null ? "" : value.toString());
        }
    }
}
