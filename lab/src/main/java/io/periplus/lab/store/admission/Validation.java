package io.periplus.lab.store.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.ApiException.Cause;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ResourceType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of built-in types that users run into: required members, selectors that match, what never changes. */
final class Validation {
    private static final String IMMUTABLE = "field is immutable";

    private Validation() {}

    static void create(ResourceType type, ObjectNode object) {
        refuse(type, object, check(type, object));
    }

    static void update(ResourceType type, ObjectNode before, ObjectNode after) {
        List<Cause> causes = new ArrayList<>();
        Names.labels(after, causes);
        causes.addAll(check(type, after));
        switch (type.qualified()) {
            case "deployments.apps", "replicasets.apps", "daemonsets.apps", "statefulsets.apps", "jobs.batch" ->
                unchanged(before, after, causes, "spec", "selector");
            case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io" -> {
                if (!before.path("roleRef").equals(after.path("roleRef"))) {
                    causes.add(invalid("roleRef", after.path("roleRef"), "cannot change roleRef"));
                }
            }
            case "pods" -> pod(before, after, causes);
            case "configmaps", "secrets" -> {
                if (before.path("immutable").asBoolean()
                        && (!before.path("data").equals(after.path("data"))
                                || !after.path("immutable").asBoolean())) {
                    causes.add(new Cause(
                            "FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set", "data"));
                }
            }
            default -> {}
        }
        refuse(type, after, causes);
    }

    private static void refuse(ResourceType type, ObjectNode object, List<Cause> causes) {
        if (!causes.isEmpty()) {
            throw ApiException.invalid(type, Meta.name(object), causes);
        }
    }

    private static List<Cause> check(ResourceType type, ObjectNode object) {
        List<Cause> causes = new ArrayList<>();
        switch (type.qualified()) {
            case "pods" -> podSpec(object.path("spec"), "spec", causes);
            case "deployments.apps", "replicasets.apps", "daemonsets.apps", "statefulsets.apps" ->
                workload(object.path("spec"), causes);
            case "jobs.batch" -> {
                podSpec(object.path("spec").path("template").path("spec"), "spec.template.spec", causes);
                String policy = Json.text(object, "spec", "template", "spec", "restartPolicy");
                if (policy.equals("Always")) {
                    causes.add(unsupported("spec.template.spec.restartPolicy", policy, List.of("OnFailure", "Never")));
                }
            }
            case "services" -> service(object.path("spec"), causes);
            case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io" -> {
                if (Json.text(object, "roleRef", "name").isEmpty()) {
                    causes.add(required("roleRef.name", ""));
                }
            }
            case "customresourcedefinitions.apiextensions.k8s.io" -> causes.addAll(CrdAdmission.validate(object));
            default -> {}
        }
        return causes;
    }

    private static void workload(JsonNode spec, List<Cause> causes) {
        JsonNode selector = spec.path("selector");
        JsonNode labels = spec.path("template").path("metadata").path("labels");
        if (selector.path("matchLabels").isEmpty()
                && selector.path("matchExpressions").isEmpty()) {
            causes.add(
                    selector.isObject()
                            ? invalid("spec.selector", selector, "empty selector is invalid for deployment")
                            : required("spec.selector", ""));
        } else {
            for (Map.Entry<String, JsonNode> wanted :
                    selector.path("matchLabels").properties()) {
                if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
                    causes.add(invalid(
                            "spec.template.metadata.labels", labels, "`selector` does not match template `labels`"));
                    break;
                }
            }
        }
        if (spec.path("replicas").asLong() < 0) {
            causes.add(invalid("spec.replicas", spec.path("replicas"), "must be greater than or equal to 0"));
        }
        podSpec(spec.path("template").path("spec"), "spec.template.spec", causes);
        String policy = Json.text(spec, "template", "spec", "restartPolicy");
        if (!policy.equals("Always")) {
            causes.add(unsupported("spec.template.spec.restartPolicy", policy, List.of("Always")));
        }
    }

    private static void podSpec(JsonNode spec, String at, List<Cause> causes) {
        if (spec.path("containers").isEmpty()) {
            causes.add(required(at + ".containers", ""));
        }
        Set<String> volumes = new HashSet<>();
        spec.path("volumes").forEach(volume -> volumes.add(Json.text(volume, "name")));
        Set<String> names = new HashSet<>();
        for (String list : List.of("initContainers", "containers")) {
            int index = 0;
            for (JsonNode container : spec.path(list)) {
                container(container, at + "." + list + "[" + index++ + "]", volumes, names, causes);
            }
        }
        String policy = Json.text(spec, "restartPolicy");
        if (!Set.of("Always", "OnFailure", "Never").contains(policy)) {
            causes.add(unsupported(at + ".restartPolicy", policy, List.of("Always", "OnFailure", "Never")));
        }
    }

    private static void container(
            JsonNode container, String at, Set<String> volumes, Set<String> names, List<Cause> causes) {
        String name = Json.text(container, "name");
        if (name.isEmpty()) {
            causes.add(required(at + ".name", ""));
        } else if (!names.add(name)) {
            causes.add(new Cause("FieldValueDuplicate", "Duplicate value: \"" + name + "\"", at + ".name"));
        }
        if (Json.text(container, "image").isEmpty()) {
            causes.add(required(at + ".image", ""));
        }
        int index = 0;
        for (JsonNode mount : container.path("volumeMounts")) {
            String volume = Json.text(mount, "name");
            if (!volumes.contains(volume)) {
                causes.add(new Cause(
                        "FieldValueNotFound",
                        "Not found: \"" + volume + "\"",
                        at + ".volumeMounts[" + index + "].name"));
            }
            index++;
        }
    }

    private static void service(JsonNode spec, List<Cause> causes) {
        String type = Json.text(spec, "type");
        if (!Set.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort").contains(type)) {
            causes.add(
                    unsupported("spec.type", type, List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")));
        }
        JsonNode ports = spec.path("ports");
        boolean headless = Json.text(spec, "clusterIP").equals("None");
        if (ports.isEmpty() && !headless && !type.equals("ExternalName")) {
            causes.add(required("spec.ports", ""));
        }
        int index = 0;
        for (JsonNode port : ports) {
            String at = "spec.ports[" + index++ + "]";
            int number = port.path("port").asInt();
            if (number < 1 || number > 65535) {
                causes.add(invalid(at + ".port", port.path("port"), "must be between 1 and 65535, inclusive"));
            }
            if (ports.size() > 1 && Json.text(port, "name").isEmpty()) {
                causes.add(required(at + ".name", ""));
            }
        }
    }

    /** Only images, tolerations, deadlines and the node (once) may change. */
    private static void pod(ObjectNode before, ObjectNode after, List<Cause> causes) {
        if (!comparable(before).equals(comparable(after))) {
            causes.add(new Cause(
                    "FieldValueForbidden",
                    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
                            + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only"
                            + " additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to"
                            + " be set to 1 if it was previously negative)",
                    "spec"));
        }
        String node = Json.text(before, "spec", "nodeName");
        if (!node.isEmpty() && !node.equals(Json.text(after, "spec", "nodeName"))) {
            causes.add(new Cause("FieldValueForbidden", "Forbidden: a pod stays on its node", "spec.nodeName"));
        }
    }

    private static JsonNode comparable(ObjectNode pod) {
        JsonNode spec = pod.path("spec").deepCopy();
        if (spec instanceof ObjectNode object) {
            object.remove(List.of(
                    "activeDeadlineSeconds",
                    "tolerations",
                    "terminationGracePeriodSeconds",
                    "nodeName",
                    "schedulingGates",
                    "ephemeralContainers"));
            for (String list : List.of("containers", "initContainers")) {
                Json.objects(object.path(list)).forEach(container -> container.remove("image"));
            }
        }
        return spec;
    }

    private static void unchanged(ObjectNode before, ObjectNode after, List<Cause> causes, String... path) {
        if (!Json.at(before, path).equals(Json.at(after, path))) {
            causes.add(invalid(String.join(".", path), Json.at(after, path), IMMUTABLE));
        }
    }

    private static Cause required(String field, String hint) {
        return new Cause("FieldValueRequired", hint.isEmpty() ? "Required value" : "Required value: " + hint, field);
    }

    private static Cause invalid(String field, JsonNode value, String why) {
        return new Cause("FieldValueInvalid", "Invalid value: " + value + ": " + why, field);
    }

    private static Cause unsupported(String field, String value, List<String> supported) {
        List<String> quoted = supported.stream().map(text -> "\"" + text + "\"").toList();
        return new Cause(
                "FieldValueNotSupported",
                "Unsupported value: \"" + value + "\": supported values: " + String.join(", ", quoted),
                field);
    }
}
