package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayInfrastructure;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewaySpec;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayStatus;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Listener;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.LocalParametersReference;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.Address;
import io.periplus.model.input.GatewayInput.Allowed;
import io.periplus.model.input.LabelSelectorInput;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** From Gateway API objects to what the index reads of them. */
final class GatewayInputs {
    private GatewayInputs() {}

    static GatewayInput gateway(Gateway gateway) {
        ObjectMeta meta = gateway.getMetadata();
        GatewaySpec spec = gateway.getSpec();
        GatewayStatus status = Objects.requireNonNullElseGet(gateway.getStatus(), GatewayStatus::new);
        GatewayInfrastructure infrastructure = spec.getInfrastructure();
        LocalParametersReference parameters = infrastructure == null ? null : infrastructure.getParametersRef();
        return new GatewayInput(
                Inputs.key(gateway),
                Inputs.text(meta.getUid()),
                Objects.requireNonNullElse(meta.getGeneration(), 0L),
                Inputs.text(meta.getCreationTimestamp()),
                Inputs.copy(meta.getLabels()),
                Inputs.copy(meta.getAnnotations()),
                Inputs.text(spec.getGatewayClassName()),
                Inputs.orEmpty(spec.getListeners()).stream()
                        .map(GatewayInputs::listener)
                        .toList(),
                infrastructure == null
                        ? null
                        : new GatewayInput.Infrastructure(
                                Inputs.copy(infrastructure.getLabels()), Inputs.copy(infrastructure.getAnnotations())),
                parameters == null
                        ? null
                        : Inputs.text(parameters.getGroup()) + "/" + parameters.getKind() + "/" + parameters.getName(),
                Inputs.orEmpty(spec.getAddresses()).stream()
                        .map(a -> new Address(type(a.getType()), Inputs.text(a.getValue())))
                        .toList(),
                Inputs.orEmpty(status.getAddresses()).stream()
                        .map(a -> new Address(type(a.getType()), Inputs.text(a.getValue())))
                        .toList(),
                Conditions.read(Inputs.orEmpty(status.getConditions())));
    }

    static GatewayClassInput gatewayClass(GatewayClass gatewayClass) {
        ObjectMeta meta = gatewayClass.getMetadata();
        var status = gatewayClass.getStatus();
        return new GatewayClassInput(
                meta.getName(),
                Objects.requireNonNullElse(meta.getGeneration(), 0L),
                Inputs.text(gatewayClass.getSpec().getControllerName()),
                Inputs.copy(meta.getLabels()),
                Conditions.read(status == null ? List.of() : Inputs.orEmpty(status.getConditions())));
    }

    private static GatewayInput.Listener listener(Listener listener) {
        var routes = listener.getAllowedRoutes();
        var namespaces = routes == null ? null : routes.getNamespaces();
        Allowed allowed = namespaces == null || namespaces.getFrom() == null
                ? new Allowed("Same", null)
                : new Allowed(namespaces.getFrom(), selector(namespaces.getSelector()));
        return new GatewayInput.Listener(
                Inputs.text(listener.getName()),
                Objects.requireNonNullElse(listener.getPort(), 0),
                Inputs.text(listener.getProtocol()),
                allowed);
    }

    private static LabelSelectorInput selector(@Nullable LabelSelector selector) {
        return selector == null
                ? new LabelSelectorInput(Map.of(), List.of())
                : new LabelSelectorInput(
                        Inputs.copy(selector.getMatchLabels()),
                        Inputs.orEmpty(selector.getMatchExpressions()).stream()
                                .map(e -> new LabelSelectorInput.Expression(
                                        e.getKey(), Inputs.text(e.getOperator()), Inputs.orEmpty(e.getValues())))
                                .toList());
    }

    private static String type(@Nullable String type) {
        return type == null || type.isEmpty() ? "IPAddress" : type;
    }
}
