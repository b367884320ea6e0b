package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.periplus.api.Annotations;
import io.periplus.model.gateway.Parameters;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.Address;
import io.periplus.model.input.GatewayInput.Allowed;
import io.periplus.model.input.GatewayInput.FrontendValidation;
import io.periplus.model.input.GatewayInput.GroupKind;
import io.periplus.model.input.LabelSelectorInput;
import io.periplus.model.input.ListenerSetInput;
import io.periplus.model.input.ListenerStatusInput;
import io.periplus.model.input.ParametersInput;
import io.periplus.model.input.ReferenceInput;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** From Gateway API objects to what the index reads of them. */
final class GatewayInputs {
    private static final String GROUP = "gateway.networking.k8s.io";

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
                listeners(spec, Inputs.key(gateway).namespace()),
                spec.has("infrastructure")
                        ? new GatewayInput.Infrastructure(
                                infrastructure.textMap("labels"), infrastructure.textMap("annotations"))
                        : null,
                infrastructure.has("parametersRef")
                        ? parameters.text("group") + "/" + parameters.text("kind") + "/" + parameters.text("name")
                        : null,
                addresses(spec),
                addresses(status),
                Conditions.read(status),
                edge(Inputs.key(gateway).namespace(), spec, status));
    }

    static ListenerSetInput listenerSet(GenericKubernetesResource set) {
        ObjectMeta meta = set.getMetadata();
        Tree spec = Inputs.body(set).at("spec");
        Tree status = Inputs.body(set).at("status");
        String namespace = Inputs.key(set).namespace();
        return new ListenerSetInput(
                Inputs.key(set),
                Objects.requireNonNullElse(meta.getGeneration(), 0L),
                Inputs.text(meta.getCreationTimestamp()),
                reference(spec.at("parentRef"), namespace, GROUP, "Gateway"),
                listeners(spec, namespace),
                Conditions.read(status),
                listenerStatus(status));
    }

    static GatewayClassInput gatewayClass(GenericKubernetesResource gatewayClass) {
        ObjectMeta meta = gatewayClass.getMetadata();
        Tree body = Inputs.body(gatewayClass);
        return new GatewayClassInput(
                meta.getName(),
                Objects.requireNonNullElse(meta.getGeneration(), 0L),
                body.at("spec").text("controllerName"),
                Inputs.copy(meta.getLabels()),
                Inputs.copy(meta.getAnnotations()),
                Conditions.read(body.at("status")),
                body.at("status").list("supportedFeatures").stream()
                        .map(feature -> feature.text("name"))
                        .toList());
    }

    /** A ConfigMap; of those that cannot be meant for Gateways only the names of the keys are kept. */
    static ParametersInput parameters(GenericKubernetesResource configMap) {
        ObjectMeta meta = configMap.getMetadata();
        Map<String, String> data = Inputs.body(configMap).textMap("data");
        boolean meant = data.keySet().stream().anyMatch(Parameters.KEYS::contains);
        Map<String, String> kept = new HashMap<>();
        data.forEach((key, value) -> kept.put(key, meant ? value : ""));
        return new ParametersInput(
                Inputs.key(configMap),
                Inputs.text(meta.getCreationTimestamp()),
                Inputs.copy(meta.getLabels()).getOrDefault(Annotations.DEFAULTS_FOR_CLASS, ""),
                Map.copyOf(kept));
    }

    private static List<Address> addresses(Tree of) {
        return of.list("addresses").stream()
                .map(address -> new Address(address.text("type", "IPAddress"), address.text("value")))
                .toList();
    }

    private static GatewayInput.Edge edge(String namespace, Tree spec, Tree status) {
        Tree frontend = spec.at("tls", "frontend");
        Map<Integer, FrontendValidation> byPort = new LinkedHashMap<>();
        frontend.list("perPort")
                .forEach(port -> byPort.put(port.number("port"), validation(port.at("tls"), namespace)));
        Tree certificate = spec.at("tls", "backend", "clientCertificateRef");
        return new GatewayInput.Edge(
                allowed(spec.at("allowedListeners", "namespaces"), "None"),
                frontend.has("default") ? validation(frontend.at("default"), namespace) : null,
                Map.copyOf(byPort),
                spec.at("tls", "backend").has("clientCertificateRef")
                        ? reference(certificate, namespace, "", "Secret")
                        : null,
                listenerStatus(status),
                status.number("attachedListenerSets"));
    }

    private static FrontendValidation validation(Tree tls, String namespace) {
        Tree validation = tls.at("validation");
        return new FrontendValidation(
                references(validation, "caCertificateRefs", namespace, "ConfigMap"),
                validation.text("mode", "AllowValidOnly"));
    }

    private static List<GatewayInput.Listener> listeners(Tree spec, String namespace) {
        return spec.list("listeners").stream()
                .map(listener -> listener(listener, namespace))
                .toList();
    }

    private static GatewayInput.Listener listener(Tree listener, String namespace) {
        Tree tls = listener.at("tls");
        return new GatewayInput.Listener(
                listener.text("name"),
                listener.number("port"),
                listener.text("protocol"),
                listener.text("hostname").toLowerCase(Locale.ROOT),
                allowed(listener.at("allowedRoutes", "namespaces"), "Same"),
                kinds(listener.at("allowedRoutes"), "kinds"),
                listener.has("tls")
                        ? new GatewayInput.Tls(
                                tls.text("mode", "Terminate"), references(tls, "certificateRefs", namespace, "Secret"))
                        : null);
    }

    private static Allowed allowed(Tree namespaces, String otherwise) {
        return new Allowed(namespaces.text("from", otherwise), selector(namespaces.at("selector")));
    }

    private static List<GroupKind> kinds(Tree of, String field) {
        return of.list(field).stream()
                .map(kind -> new GroupKind(kind.has("group") ? kind.text("group") : GROUP, kind.text("kind")))
                .toList();
    }

    private static List<ListenerStatusInput> listenerStatus(Tree status) {
        return status.list("listeners").stream()
                .map(listener -> new ListenerStatusInput(
                        listener.text("name"),
                        listener.number("attachedRoutes"),
                        kinds(listener, "supportedKinds"),
                        Conditions.read(listener)))
                .toList();
    }

    private static List<ReferenceInput> references(Tree of, String field, String namespace, String kind) {
        return of.list(field).stream()
                .map(reference -> reference(reference, namespace, "", kind))
                .toList();
    }

    // An absent group and an empty one differ: empty is core.
    private static ReferenceInput reference(Tree reference, String namespace, String group, String kind) {
        return new ReferenceInput(
                reference.has("group") ? reference.text("group") : group,
                reference.text("kind", kind),
                reference.text("namespace", namespace),
                reference.text("name"));
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
