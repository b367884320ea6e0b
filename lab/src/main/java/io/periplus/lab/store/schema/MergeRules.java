package io.periplus.lab.store.schema;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How lists and maps of built-in types merge: what the API documents as {@code x-kubernetes-patch-*},
 * {@code x-kubernetes-list-*} and {@code x-kubernetes-map-type}, which the model's classes do not carry.
 */
final class MergeRules {
    /** Types of the meta group, which the model keeps among the core types. */
    static final Set<String> META_TYPES = Set.of(
            "ObjectMeta",
            "ListMeta",
            "OwnerReference",
            "ManagedFieldsEntry",
            "LabelSelector",
            "LabelSelectorRequirement",
            "FieldSelectorRequirement",
            "Status",
            "StatusDetails",
            "StatusCause",
            "Condition",
            "DeleteOptions",
            "Preconditions",
            "GroupVersionKind",
            "MicroTime");

    /** Types that server-side apply replaces as a whole. */
    static final Set<String> ATOMIC_TYPES = Set.of(
            "LabelSelector",
            "NodeSelector",
            "NodeSelectorTerm",
            "LocalObjectReference",
            "ObjectReference",
            "TypedLocalObjectReference",
            "SecretReference",
            "SecretKeySelector",
            "ConfigMapKeySelector",
            "ObjectFieldSelector",
            "ResourceFieldSelector",
            "TopologySelectorTerm",
            "EndpointAddress",
            "EndpointPort",
            "IngressServiceBackendRef",
            "RoleRef",
            "Subject",
            "AggregationRule",
            "ServiceReference");

    private static final Set<String> ATOMIC_MEMBERS =
            Set.of("ServiceSpec.selector", "ReplicationControllerSpec.selector", "PodSpec.nodeSelector");

    private static final Set<String> RETAIN_KEYS = Set.of("DeploymentSpec.strategy");

    private static final Rule REPLACE = new Rule(Schema.ListType.ATOMIC, List.of(), null, false);
    private static final Map<String, Rule> RULES = new HashMap<>();

    /**
     * @param mergeKey see {@link Schema#mergeKey()}
     */
    record Rule(
            Schema.ListType listType,
            List<String> listKeys,
            @Nullable String mergeKey,
            boolean retainKeys) {}

    static {
        map("PodSpec.containers", "name");
        map("PodSpec.initContainers", "name");
        map("PodSpec.ephemeralContainers", "name");
        RULES.put("PodSpec.volumes", new Rule(Schema.ListType.MAP, List.of("name"), "name", true));
        RULES.put("PodSpec.resourceClaims", new Rule(Schema.ListType.MAP, List.of("name"), "name", true));
        map("PodSpec.imagePullSecrets", "name");
        map("PodSpec.hostAliases", "ip");
        map("PodSpec.schedulingGates", "name");
        map("PodSpec.topologySpreadConstraints", "topologyKey", "topologyKey", "whenUnsatisfiable");
        map("PodStatus.podIPs", "ip");
        map("PodStatus.hostIPs", "ip");
        for (String container : List.of("Container", "EphemeralContainer")) {
            map(container + ".env", "name");
            map(container + ".ports", "containerPort", "containerPort", "protocol");
            map(container + ".volumeMounts", "mountPath");
            map(container + ".volumeDevices", "devicePath");
        }
        map("ServiceSpec.ports", "port", "port", "protocol");
        map("ServiceAccount.secrets", "name");
        // The list is atomic for server-side apply, yet strategic merge patches merge it.
        RULES.put("ServiceAccount.imagePullSecrets", new Rule(Schema.ListType.ATOMIC, List.of(), "name", false));
        map("ObjectMeta.ownerReferences", "uid");
        set("ObjectMeta.finalizers");
        set("NodeSpec.podCIDRs");
        map("NodeStatus.addresses", "type");
        map("ResourceRequirements.claims", "name");
        map("ValidatingWebhookConfiguration.webhooks", "name");
        map("MutatingWebhookConfiguration.webhooks", "name");
        map("ValidatingWebhook.matchConditions", "name");
        map("MutatingWebhook.matchConditions", "name");
        map("CustomResourceDefinitionStatus.conditions", "type");
        for (String owner : List.of(
                "PodStatus",
                "NodeStatus",
                "ServiceStatus",
                "NamespaceStatus",
                "DeploymentStatus",
                "ReplicaSetStatus",
                "StatefulSetStatus",
                "DaemonSetStatus",
                "JobStatus",
                "ReplicationControllerStatus",
                "PodDisruptionBudgetStatus",
                "PersistentVolumeClaimStatus",
                "HorizontalPodAutoscalerStatus",
                "APIServiceStatus",
                "CertificateSigningRequestStatus")) {
            map(owner + ".conditions", "type");
        }
    }

    private MergeRules() {}

    private static void map(String member, String mergeKey, String... listKeys) {
        List<String> keys = listKeys.length == 0 ? List.of(mergeKey) : List.of(listKeys);
        RULES.put(member, new Rule(Schema.ListType.MAP, keys, mergeKey, false));
    }

    private static void set(String member) {
        RULES.put(member, new Rule(Schema.ListType.SET, List.of(), "", false));
    }

    static Rule of(String owner, String member) {
        return RULES.getOrDefault(owner + "." + member, REPLACE);
    }

    static boolean isAtomic(String owner, String member) {
        return ATOMIC_MEMBERS.contains(owner + "." + member);
    }

    static boolean retainsKeys(String owner, String member) {
        return RETAIN_KEYS.contains(owner + "." + member);
    }
}
