package io.periplus.model.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.model.MeshSettings;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.ParametersInput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the ConfigMaps that customise what is deployed for a Gateway: the defaults of its class in the system namespace, of
 * which the oldest wins, and the one its {@code parametersRef} names.
 *
 * @param defaults ConfigMaps by the class whose defaults they have
 */
public record ParametersOf(
        MeshSettings mesh,
        Collection<NamespacedName, ParametersInput> configMaps,
        Index<String, NamespacedName, ParametersInput> defaults) {

    /**
     * What was found.
     *
     * @param problem why the Gateway's own reference cannot be followed; null when it can, or there is none
     */
    public record Found(
            List<Parameters> parameters, @Nullable String problem) {}

    /** The overlays in the order in which they are applied. */
    public Found of(Fetch fetch, GatewayInput gateway) {
        List<Parameters> found = new ArrayList<>();
        ParametersInput ofClass = fetch.by(defaults, gateway.className()).stream()
                .filter(map -> map.key().namespace().equals(mesh.rootNamespace()))
                .min(Comparator.comparing(ParametersInput::created)
                        .thenComparing(map -> map.key().name()))
                .orElse(null);
        if (ofClass != null) {
            String unknown = unknownKeys(ofClass);
            if (unknown != null) {
                return new Found(found, unknown);
            }
            found.add(parameters(ofClass));
        }
        String reference = gateway.parametersRef();
        if (reference == null) {
            return new Found(found, null);
        }
        int first = reference.indexOf('/');
        int second = reference.indexOf('/', first + 1);
        String group = reference.substring(0, first);
        String kind = reference.substring(first + 1, second);
        if (!(group.isEmpty() || group.equals("core")) || !kind.equals("ConfigMap")) {
            return new Found(
                    found,
                    "Unsupported parametersRef group/kind " + group + "/" + kind + ", only ConfigMap is supported");
        }
        NamespacedName name = new NamespacedName(gateway.key().namespace(), reference.substring(second + 1));
        ParametersInput own = fetch.get(configMaps, name);
        if (own == null) {
            return new Found(found, "parametersRef ConfigMap " + name + " does not exist");
        }
        String unknown = unknownKeys(own);
        if (unknown == null) {
            found.add(parameters(own));
        }
        return new Found(found, unknown);
    }

    private static Parameters parameters(ParametersInput map) {
        return new Parameters("ConfigMap " + map.key(), map.data());
    }

    private static @Nullable String unknownKeys(ParametersInput map) {
        TreeSet<String> unknown = new TreeSet<>(map.data().keySet());
        unknown.removeAll(Parameters.KEYS);
        return unknown.isEmpty()
                ? null
                : "ConfigMap " + map.key() + " has unknown keys " + unknown + " (expected: "
                        + new TreeSet<>(Parameters.KEYS) + ")";
    }
}
