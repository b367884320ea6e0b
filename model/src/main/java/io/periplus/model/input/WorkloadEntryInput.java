package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import java.util.List;
import java.util.Map;

/**
 * A WorkloadEntry: something outside of Kubernetes that services select like a pod.
 *
 * @param labels of its metadata over those of its spec
 */
public record WorkloadEntryInput(
        NamespacedName key,
        Map<String, String> labels,
        Map<String, String> annotations,
        EndpointInput endpoint,
        List<ConditionInput> conditions) {

    /** The same, as policies and selectors see it. */
    public PodInput asPod() {
        return new PodInput(
                key,
                "",
                labels,
                annotations,
                endpoint.serviceAccount().isEmpty() ? "default" : endpoint.serviceAccount(),
                "",
                false,
                endpoint.address().isEmpty() ? List.of() : List.of(endpoint.address()),
                true,
                false,
                false,
                null,
                endpoint.ports());
    }
}
