package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.Address;
import io.periplus.model.input.GatewayInput.Allowed;
import io.periplus.model.input.LabelSelectorInput;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** From Gateway API objects to what the index reads of them. */
final class GatewayInputs {
    private GatewayInputs() {}

    static GatewayInput gateway(GenericKubernetesResource gateway) {
        ObjectMeta meta = gateway.getMetadata();
        Tree spec = Inputs.body(gateway).at("spec");
        Tree status = Inputs.body(gateway).at("status");
        Tree infrastructure = spec.at("infrastructure");
        Tree parameters = infrastructure.at("parametersRef");
        return new GatewayInput(
                Inputs.key(gateway),
                Inputs.text(meta.getUid()),
                Objects.requireNonNullElse(meta.getGeneration(), 0L),
                Inputs.text(meta.getCreationTimestamp()),
                Inputs.copy(meta.getLabels()),
                Inputs.copy(meta.getAnnotations()),
                spec.text("gatewayClassName"),
                spec.list("listeners").stream().map(GatewayInputs::listener).toList(),
                spec.has("infrastructure")
                        ? new GatewayInput.Infrastructure(
                                infrastructure.textMap("labels"), infrastructure.textMap("annotations"))
                        : null,
                infrastructure.has("parametersRef")
                        ? parameters.text("group") + "/" + parameters.text("kind") + "/" + parameters.text("name")
                        : null,
                addresses(spec),
                addresses(status),
                Conditions.read(status));
    }

    static GatewayClassInput gatewayClass(GenericKubernetesResource gatewayClass) {
        ObjectMeta meta = gatewayClass.getMetadata();
        Tree body = Inputs.body(gatewayClass);
        return new GatewayClassInput(
                meta.getName(),
                Objects.requireNonNullElse(meta.getGeneration(), 0L),
                body.at("spec").text("controllerName"),
                Inputs.copy(meta.getLabels()),
                Conditions.read(body.at("status")));
    }

    private static List<Address> addresses(Tree of) {
        return of.list("addresses").stream()
                .map(address -> new Address(address.text("type", "IPAddress"), address.text("value")))
                .toList();
    }

    private static GatewayInput.Listener listener(Tree listener) {
        Tree namespaces = listener.at("allowedRoutes", "namespaces");
        return new GatewayInput.Listener(
                listener.text("name"),
                listener.number("port"),
                listener.text("protocol"),
                listener.text("hostname").toLowerCase(Locale.ROOT),
                new Allowed(namespaces.text("from", "Same"), selector(namespaces.at("selector"))),
                listener.at("allowedRoutes").list("kinds").stream()
                        .map(kind -> new GatewayInput.GroupKind(
                                kind.has("group") ? kind.text("group") : "gateway.networking.k8s.io",
                                kind.text("kind")))
                        .toList());
    }

    private static LabelSelectorInput selector(Tree selector) {
        return new LabelSelectorInput(
                selector.textMap("matchLabels"),
                selector.list("matchExpressions").stream()
                        .map(e ->
                                new LabelSelectorInput.Expression(e.text("key"), e.text("operator"), e.texts("values")))
                        .toList());
    }
}
