package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.periplus.model.input.EndpointInput;
import io.periplus.model.input.ServiceEntryInput;
import io.periplus.model.input.ServiceEntryInput.HostAddress;
import io.periplus.model.input.ServiceInput.ServicePort;
import io.periplus.model.input.WorkloadEntryInput;
import java.util.LinkedHashMap;
import java.util.Map;

/** From ServiceEntries and WorkloadEntries to what the index reads of them. */
final class EntryInputs {
    private EntryInputs() {}

    static ServiceEntryInput serviceEntry(GenericKubernetesResource entry) {
        Tree spec = Inputs.body(entry).at("spec");
        Tree status = Inputs.body(entry).at("status");
        return new ServiceEntryInput(
                Inputs.key(entry),
                Inputs.text(entry.getMetadata().getCreationTimestamp()),
                Inputs.copy(entry.getMetadata().getLabels()),
                Inputs.copy(entry.getMetadata().getAnnotations()),
                spec.texts("hosts").stream().distinct().toList(),
                spec.texts("addresses"),
                status.list("addresses").stream()
                        .map(address -> new HostAddress(address.text("host"), address.text("value")))
                        .toList(),
                spec.list("ports").stream().map(EntryInputs::port).toList(),
                spec.text("resolution", "NONE"),
                spec.list("endpoints").stream().map(EntryInputs::endpoint).toList(),
                spec.at("workloadSelector").textMap("labels"),
                spec.texts("subjectAltNames"),
                Conditions.read(status));
    }

    static WorkloadEntryInput workloadEntry(GenericKubernetesResource entry) {
        Tree spec = Inputs.body(entry).at("spec");
        Map<String, String> labels = new LinkedHashMap<>(spec.textMap("labels"));
        labels.putAll(Inputs.copy(entry.getMetadata().getLabels()));
        return new WorkloadEntryInput(
                Inputs.key(entry),
                Map.copyOf(labels),
                Inputs.copy(entry.getMetadata().getAnnotations()),
                endpoint(spec),
                Conditions.read(Inputs.body(entry).at("status")));
    }

    /** A port says its protocol itself; the name says nothing. */
    private static ServicePort port(Tree port) {
        int target = port.number("targetPort");
        return new ServicePort(
                port.text("name"),
                port.number("number"),
                "TCP",
                port.text("protocol", "TCP").toLowerCase(java.util.Locale.ROOT),
                null,
                target == 0 ? port.number("number") : target);
    }

    private static EndpointInput endpoint(Tree endpoint) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        endpoint.at("ports").fields().forEach((name, number) -> {
            if (number instanceof Number value) {
                ports.put(String.valueOf(name), value.intValue());
            }
        });
        return new EndpointInput(
                endpoint.text("address"),
                Map.copyOf(ports),
                endpoint.textMap("labels"),
                endpoint.text("network"),
                endpoint.text("locality"),
                endpoint.number("weight"),
                endpoint.text("serviceAccount"));
    }
}
