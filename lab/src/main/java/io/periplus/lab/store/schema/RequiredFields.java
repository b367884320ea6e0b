package io.periplus.lab.store.schema;

import java.util.List;
import java.util.Map;

/** Members of built-in types that must be there, which the model's classes do not tell. */
final class RequiredFields {
    private static final Map<String, List<String>> BY_TYPE = Map.ofEntries(
            Map.entry("Container", List.of("name")),
            Map.entry("ContainerPort", List.of("containerPort")),
            Map.entry("EnvVar", List.of("name")),
            Map.entry("Volume", List.of("name")),
            Map.entry("VolumeMount", List.of("name", "mountPath")),
            Map.entry("KeyToPath", List.of("key", "path")),
            Map.entry("HTTPGetAction", List.of("port")),
            Map.entry("TCPSocketAction", List.of("port")),
            Map.entry("HTTPHeader", List.of("name", "value")),
            Map.entry("PodSpec", List.of("containers")),
            Map.entry("ServicePort", List.of("port")),
            Map.entry("DeploymentSpec", List.of("selector", "template")),
            Map.entry("DaemonSetSpec", List.of("selector", "template")),
            Map.entry("StatefulSetSpec", List.of("selector", "template")),
            Map.entry("ReplicaSetSpec", List.of("selector")),
            Map.entry("JobSpec", List.of("template")),
            Map.entry("CronJobSpec", List.of("schedule", "jobTemplate")),
            Map.entry("LabelSelectorRequirement", List.of("key", "operator")),
            Map.entry("OwnerReference", List.of("apiVersion", "kind", "name", "uid")),
            Map.entry("PolicyRule", List.of("verbs")),
            Map.entry("RoleBinding", List.of("roleRef")),
            Map.entry("ClusterRoleBinding", List.of("roleRef")),
            Map.entry("RoleRef", List.of("apiGroup", "kind", "name")),
            Map.entry("Subject", List.of("kind", "name")),
            Map.entry("EndpointSlice", List.of("addressType", "endpoints")),
            Map.entry("Endpoint", List.of("addresses")),
            Map.entry("CustomResourceDefinition", List.of("spec")),
            Map.entry("CustomResourceDefinitionSpec", List.of("group", "names", "scope", "versions")),
            Map.entry("CustomResourceDefinitionNames", List.of("kind", "plural")),
            Map.entry("CustomResourceDefinitionVersion", List.of("name", "served", "storage")),
            Map.entry("Condition", List.of("lastTransitionTime", "message", "reason", "status", "type")),
            Map.entry("HorizontalPodAutoscalerSpec", List.of("scaleTargetRef", "maxReplicas")),
            Map.entry("StorageClass", List.of("provisioner")),
            Map.entry("PriorityClass", List.of("value")),
            Map.entry("TokenRequestSpec", List.of("audiences")));

    private RequiredFields() {}

    static List<String> of(String type) {
        return BY_TYPE.getOrDefault(type, List.of());
    }
}
