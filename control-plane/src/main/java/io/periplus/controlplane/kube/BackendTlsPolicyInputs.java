package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.periplus.api.NamespacedName;
import io.periplus.model.input.BackendTlsPolicyInput;
import io.periplus.model.input.BackendTlsPolicyInput.Target;
import io.periplus.model.input.PolicyAncestorStatus;
import io.periplus.model.input.ReferenceInput;
import io.periplus.model.route.RouteStatus;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** From BackendTLSPolicies to what the index reads of them. */
final class BackendTlsPolicyInputs {
    private BackendTlsPolicyInputs() {}

    static BackendTlsPolicyInput policy(GenericKubernetesResource object) {
        Tree spec = Inputs.body(object).at("spec");
        Tree validation = spec.at("validation");
        String namespace = Inputs.key(object).namespace();
        return new BackendTlsPolicyInput(
                Inputs.key(object),
                Objects.requireNonNullElse(object.getMetadata().getGeneration(), 0L),
                Objects.requireNonNullElse(object.getMetadata().getCreationTimestamp(), ""),
                spec.list("targetRefs").stream()
                        .map(ref -> new Target(
                                ref.text("group"), ref.text("kind"), ref.text("name"), ref.text("sectionName")))
                        .toList(),
                validation.list("caCertificateRefs").stream()
                        .map(ref ->
                                new ReferenceInput(ref.text("group"), ref.text("kind"), namespace, ref.text("name")))
                        .toList(),
                validation.text("wellKnownCACertificates").equals("System"),
                validation.text("hostname").toLowerCase(Locale.ROOT),
                validation.list("subjectAltNames").stream()
                        .map(name -> name.text("type").equals("URI") ? name.text("uri") : name.text("hostname"))
                        .toList());
    }

    /** Our part of its status. */
    static List<PolicyAncestorStatus> ancestors(GenericKubernetesResource object) {
        String namespace = Inputs.key(object).namespace();
        return Inputs.body(object).at("status").list("ancestors").stream()
                .filter(entry -> entry.text("controllerName").equals(RouteStatus.CONTROLLER))
                .map(entry -> new PolicyAncestorStatus(
                        new NamespacedName(
                                entry.at("ancestorRef").text("namespace", namespace),
                                entry.at("ancestorRef").text("name")),
                        Conditions.read(entry)))
                .toList();
    }
}
