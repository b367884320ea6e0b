package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pod.
 *
 * @param addresses    IP addresses as text, the primary one first
 * @param ready        condition {@code Ready} is True and the pod is not being deleted
 * @param finished     phase Succeeded or Failed
 * @param generateName whether the pod got its name from a controller's template
 * @param owner        the controlling owner; null when it has none
 * @param ports        TCP container ports that have names
 */
public record PodInput(
        NamespacedName key,
        String uid,
        Map<String, String> labels,
        Map<String, String> annotations,
        String serviceAccount,
        String node,
        boolean hostNetwork,
        List<String> addresses,
        boolean ready,
        boolean finished,
        boolean generateName,
        @Nullable Owner owner,
        Map<String, Integer> ports) {

    /** A controller. */
    public record Owner(String kind, String name) {}
}
