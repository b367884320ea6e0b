package io.periplus.lab.store.admission;

import static io.periplus.lab.store.Json.defaultFlag;
import static io.periplus.lab.store.Json.defaultNumber;
import static io.periplus.lab.store.Json.defaultText;
import static io.periplus.lab.store.Json.ensureObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ResourceType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Default values of built-in types. Applying them twice changes nothing. */
final class Defaults {
    private Defaults() {}

    static void apply(ResourceType type, ObjectNode object) {
        switch (type.qualified()) {
            case "namespaces" ->
                ensureObject(Meta.of(object), "labels").put("kubernetes.io/metadata.name", Meta.name(object));
            case "pods" -> PodDefaults.apply(ensureObject(object, "spec"));
            case "services" -> ServiceDefaults.apply(ensureObject(object, "spec"));
            case "secrets" -> secret(object);
            case "deployments.apps" -> deployment(ensureObject(object, "spec"));
            case "replicasets.apps" -> replicaSet(ensureObject(object, "spec"));
            case "replicationcontrollers" -> replicationController(ensureObject(object, "spec"));
            case "daemonsets.apps" -> daemonSet(ensureObject(object, "spec"));
            case "statefulsets.apps" -> statefulSet(ensureObject(object, "spec"));
            case "jobs.batch" -> BatchDefaults.job(object, ensureObject(object, "spec"));
            case "cronjobs.batch" -> BatchDefaults.cronJob(ensureObject(object, "spec"));
            case "customresourcedefinitions.apiextensions.k8s.io" -> CrdAdmission.complete(object);
            case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io" ->
                binding(object);
            case "networkpolicies.networking.k8s.io" -> networkPolicy(ensureObject(object, "spec"));
            case "horizontalpodautoscalers.autoscaling" ->
                defaultNumber(ensureObject(object, "spec"), "minReplicas", 1);
            case "endpointslices.discovery.k8s.io" -> endpointSlice(object);
            default -> {}
        }
    }

    private static void secret(ObjectNode secret) {
        defaultText(secret, "type", "Opaque");
        if (secret.remove("stringData") instanceof ObjectNode clear) {
            ObjectNode data = ensureObject(secret, "data");
            clear.properties()
                    .forEach(member -> data.put(
                            member.getKey(),
                            Base64.getEncoder()
                                    .encodeToString(member.getValue().asText().getBytes(StandardCharsets.UTF_8))));
        }
    }

    private static void template(ObjectNode spec) {
        ObjectNode template = ensureObject(spec, "template");
        ensureObject(template, "metadata");
        PodDefaults.apply(ensureObject(template, "spec"));
    }

    private static void deployment(ObjectNode spec) {
        defaultNumber(spec, "replicas", 1);
        defaultNumber(spec, "revisionHistoryLimit", 10);
        defaultNumber(spec, "progressDeadlineSeconds", 600);
        ObjectNode strategy = ensureObject(spec, "strategy");
        defaultText(strategy, "type", "RollingUpdate");
        if (Json.text(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = ensureObject(strategy, "rollingUpdate");
            defaultText(rolling, "maxSurge", "25%");
            defaultText(rolling, "maxUnavailable", "25%");
        }
        template(spec);
    }

    private static void replicaSet(ObjectNode spec) {
        defaultNumber(spec, "replicas", 1);
        template(spec);
    }

    private static void replicationController(ObjectNode spec) {
        replicaSet(spec);
        JsonNode labels = Json.at(spec, "template", "metadata", "labels");
        if (!spec.hasNonNull("selector") && labels.isObject()) {
            spec.set("selector", labels.deepCopy());
        }
    }

    private static void daemonSet(ObjectNode spec) {
        defaultNumber(spec, "revisionHistoryLimit", 10);
        ObjectNode strategy = ensureObject(spec, "updateStrategy");
        defaultText(strategy, "type", "RollingUpdate");
        if (Json.text(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = ensureObject(strategy, "rollingUpdate");
            defaultNumber(rolling, "maxUnavailable", 1);
            defaultNumber(rolling, "maxSurge", 0);
        }
        template(spec);
    }

    private static void statefulSet(ObjectNode spec) {
        defaultNumber(spec, "replicas", 1);
        defaultNumber(spec, "revisionHistoryLimit", 10);
        defaultText(spec, "podManagementPolicy", "OrderedReady");
        ObjectNode strategy = ensureObject(spec, "updateStrategy");
        defaultText(strategy, "type", "RollingUpdate");
        if (Json.text(strategy, "type").equals("RollingUpdate")) {
            defaultNumber(ensureObject(strategy, "rollingUpdate"), "partition", 0);
        }
        ObjectNode retention = ensureObject(spec, "persistentVolumeClaimRetentionPolicy");
        defaultText(retention, "whenDeleted", "Retain");
        defaultText(retention, "whenScaled", "Retain");
        template(spec);
    }

    private static void binding(ObjectNode binding) {
        if (binding.get("roleRef") instanceof ObjectNode role) {
            defaultText(role, "apiGroup", "rbac.authorization.k8s.io");
        }
        for (ObjectNode subject : Json.objects(binding.path("subjects"))) {
            if (!Json.text(subject, "kind").equals("ServiceAccount")) {
                defaultText(subject, "apiGroup", "rbac.authorization.k8s.io");
            }
        }
    }

    private static void networkPolicy(ObjectNode spec) {
        if (!spec.hasNonNull("policyTypes")) {
            spec.set("policyTypes", Json.array().add("Ingress"));
            if (!spec.path("egress").isEmpty()) {
                spec.withArray("policyTypes").add("Egress");
            }
        }
    }

    private static void endpointSlice(ObjectNode slice) {
        for (ObjectNode port : Json.objects(slice.path("ports"))) {
            if (!port.has("name")) {
                port.put("name", "");
            }
            defaultText(port, "protocol", "TCP");
        }
        if (!slice.path("endpoints").isArray()) {
            slice.putArray("endpoints");
        }
        for (ObjectNode endpoint : Json.objects(slice.path("endpoints"))) {
            if (endpoint.get("conditions") instanceof ObjectNode conditions) {
                defaultFlag(conditions, "ready", true);
            }
        }
    }
}
