package io.periplus.controlplane.gateway;

import static io.periplus.controlplane.gateway.Json.object;

import io.periplus.controlplane.kube.Conditions;
import io.periplus.model.gateway.ListenerStatus;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.ListenerStatusInput;
import java.util.List;
import java.util.Map;

/** The parts that the statuses of Gateways and ListenerSets have in common, as they are written. */
final class StatusBody {
    private StatusBody() {}

    static List<Map<String, Object>> conditions(List<ConditionInput> wanted, List<ConditionInput> written, String now) {
        return wanted.stream()
                .map(condition -> Conditions.write(condition, written, now))
                .toList();
    }

    static List<Map<String, Object>> listeners(
            List<ListenerStatus> wanted, List<ListenerStatusInput> written, String now) {
        return wanted.stream()
                .map(listener -> object(
                        "name",
                        listener.name(),
                        "attachedRoutes",
                        listener.attachedRoutes(),
                        "supportedKinds",
                        listener.supportedKinds().stream()
                                .map(kind -> Map.of("group", kind.group(), "kind", kind.kind()))
                                .toList(),
                        "conditions",
                        conditions(listener.conditions(), writtenOf(listener.name(), written), now)))
                .toList();
    }

    private static List<ConditionInput> writtenOf(String listener, List<ListenerStatusInput> written) {
        return written.stream()
                .filter(status -> status.name().equals(listener))
                .findFirst()
                .map(ListenerStatusInput::conditions)
                .orElse(List.of());
    }
}
