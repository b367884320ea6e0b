package io.periplus.lab.apiserver.http;

import java.util.HashMap;
import java.util.Map;

/**
 * Field numbers of the messages that {@code kubectl}'s typed commands ({@code create …}, {@code auth …}, {@code drain})
 * send in the Kubernetes protobuf encoding. Interface facts, written one message a line:
 * {@code number name type}, where {@code *} marks a list, {@code ?} a value whose zero counts, {@code -} a field that
 * servers ignore in requests.
 */
final class ProtobufFields {
    private static final String META = "1 metadata ObjectMeta";
    private static final String TABLE = """
            ObjectMeta: 1 name s, 2 generateName s, 3 namespace s, 4 - s, 5 uid s, 6 resourceVersion s, 7 - i, 8 - s, \
            9 - s, 10 - i, 11 labels map, 12 annotations map, 13 ownerReferences OwnerReference*, 14 finalizers s*, \
            17 - s*
            OwnerReference: 1 kind s, 3 name s, 4 uid s, 5 apiVersion s, 6 controller b?, 7 blockOwnerDeletion b?
            LabelSelector: 1 matchLabels map, 2 matchExpressions LabelSelectorRequirement*
            LabelSelectorRequirement: 1 key s, 2 operator s, 3 values s*
            DeleteOptions: 1 gracePeriodSeconds i?, 2 preconditions Preconditions, 3 orphanDependents b?, \
            4 propagationPolicy s, 5 dryRun s*
            Preconditions: 1 uid s, 2 resourceVersion s
            ObjectReference: 1 kind s, 2 namespace s, 3 name s, 4 uid s, 5 apiVersion s, 6 resourceVersion s, \
            7 fieldPath s
            LocalObjectReference: 1 name s
            Namespace: %1$s, 2 spec NamespaceSpec, 3 - s
            NamespaceSpec: 1 finalizers s*
            ConfigMap: %1$s, 2 data map, 3 binaryData bytemap, 4 immutable b?
            Secret: %1$s, 2 data bytemap, 3 type s, 4 stringData map, 5 immutable b?
            ServiceAccount: %1$s, 2 secrets ObjectReference*, 3 imagePullSecrets LocalObjectReference*, \
            4 automountServiceAccountToken b?
            Binding: %1$s, 2 target ObjectReference
            ResourceQuota: %1$s, 2 spec ResourceQuotaSpec, 3 - s
            ResourceQuotaSpec: 1 hard quantities, 2 scopes s*
            Service: %1$s, 2 spec ServiceSpec, 3 - s
            ServiceSpec: 1 ports ServicePort*, 2 selector map, 3 clusterIP s, 4 type s, 5 externalIPs s*, \
            7 sessionAffinity s, 8 loadBalancerIP s, 9 loadBalancerSourceRanges s*, 10 externalName s, \
            11 externalTrafficPolicy s, 12 healthCheckNodePort i, 13 publishNotReadyAddresses b, 17 ipFamilyPolicy s, \
            18 clusterIPs s*, 19 ipFamilies s*, 20 allocateLoadBalancerNodePorts b?, 21 loadBalancerClass s, \
            22 internalTrafficPolicy s, 23 trafficDistribution s
            ServicePort: 1 name s, 2 protocol s, 3 port i, 4 targetPort intorstring, 5 nodePort i, 6 appProtocol s
            Pod: %1$s, 2 spec PodSpec, 3 - s
            PodTemplateSpec: %1$s, 2 spec PodSpec
            PodSpec: 2 containers Container*, 3 restartPolicy s, 4 terminationGracePeriodSeconds i?, \
            5 activeDeadlineSeconds i?, 6 dnsPolicy s, 7 nodeSelector map, 8 serviceAccountName s, 9 serviceAccount s, \
            10 nodeName s, 11 hostNetwork b, 12 hostPID b, 13 hostIPC b, 14 - s, \
            15 imagePullSecrets LocalObjectReference*, 16 hostname s, 17 subdomain s, 19 schedulerName s, \
            20 initContainers Container*, 21 automountServiceAccountToken b?, 24 priorityClassName s
            Container: 1 name s, 2 image s, 3 command s*, 4 args s*, 5 workingDir s, 6 ports ContainerPort*, \
            7 env EnvVar*, 8 resources ResourceRequirements, 13 terminationMessagePath s, 14 imagePullPolicy s, \
            16 stdin b, 17 stdinOnce b, 18 tty b, 20 terminationMessagePolicy s
            ContainerPort: 1 name s, 2 hostPort i, 3 containerPort i, 4 protocol s, 5 hostIP s
            EnvVar: 1 name s, 2 value s
            ResourceRequirements: 1 limits quantities, 2 requests quantities
            Deployment: %1$s, 2 spec DeploymentSpec, 3 - s
            DeploymentSpec: 1 replicas i?, 2 selector LabelSelector, 3 template PodTemplateSpec, 4 - s, \
            5 minReadySeconds i, 6 revisionHistoryLimit i?, 7 paused b, 9 progressDeadlineSeconds i?
            Job: %1$s, 2 spec JobSpec, 3 - s
            JobSpec: 1 parallelism i?, 2 completions i?, 3 activeDeadlineSeconds i?, 4 selector LabelSelector, \
            5 manualSelector b?, 6 template PodTemplateSpec, 7 backoffLimit i?, 8 ttlSecondsAfterFinished i?, \
            9 completionMode s, 10 suspend b?
            JobTemplateSpec: %1$s, 2 spec JobSpec
            CronJob: %1$s, 2 spec CronJobSpec, 3 - s
            CronJobSpec: 1 schedule s, 2 startingDeadlineSeconds i?, 3 concurrencyPolicy s, 4 suspend b?, \
            5 jobTemplate JobTemplateSpec, 6 successfulJobsHistoryLimit i?, 7 failedJobsHistoryLimit i?, 8 timeZone s
            Role: %1$s, 2 rules PolicyRule*
            ClusterRole: %1$s, 2 rules PolicyRule*, 3 aggregationRule AggregationRule
            AggregationRule: 1 clusterRoleSelectors LabelSelector*
            PolicyRule: 1 verbs s*, 2 apiGroups s*, 3 resources s*, 4 resourceNames s*, 5 nonResourceURLs s*
            RoleBinding: %1$s, 2 subjects Subject*, 3 roleRef RoleRef
            ClusterRoleBinding: %1$s, 2 subjects Subject*, 3 roleRef RoleRef
            RoleRef: 1 apiGroup s, 2 kind s, 3 name s
            Subject: 1 kind s, 2 apiGroup s, 3 name s, 4 namespace s
            TokenRequest: %1$s, 2 spec TokenRequestSpec, 3 - s
            TokenRequestSpec: 1 audiences s*, 3 boundObjectRef BoundObjectReference, 4 expirationSeconds i?
            BoundObjectReference: 1 kind s, 2 apiVersion s, 3 name s, 4 uid s
            TokenReview: %1$s, 2 spec TokenReviewSpec, 3 - s
            TokenReviewSpec: 1 token s, 2 audiences s*
            SelfSubjectReview: %1$s, 2 - s
            SelfSubjectAccessReview: %1$s, 2 spec SubjectAccessReviewSpec, 3 - s
            SubjectAccessReview: %1$s, 2 spec SubjectAccessReviewSpec, 3 - s
            LocalSubjectAccessReview: %1$s, 2 spec SubjectAccessReviewSpec, 3 - s
            SubjectAccessReviewSpec: 1 resourceAttributes ResourceAttributes, \
            2 nonResourceAttributes NonResourceAttributes, 3 user s, 4 groups s*, 6 uid s
            ResourceAttributes: 1 namespace s, 2 verb s, 3 group s, 4 version s, 5 resource s, 6 subresource s, 7 name s
            NonResourceAttributes: 1 path s, 2 verb s
            SelfSubjectRulesReview: %1$s, 2 spec SelfSubjectRulesReviewSpec, 3 - s
            SelfSubjectRulesReviewSpec: 1 namespace s
            Eviction: %1$s, 2 deleteOptions DeleteOptions
            PodDisruptionBudget: %1$s, 2 spec PodDisruptionBudgetSpec, 3 - s
            PodDisruptionBudgetSpec: 1 minAvailable intorstring, 2 selector LabelSelector, \
            3 maxUnavailable intorstring, 4 unhealthyPodEvictionPolicy s
            PriorityClass: %1$s, 2 value i?, 3 globalDefault b, 4 description s, 5 preemptionPolicy s
            Ingress: %1$s, 2 spec IngressSpec, 3 - s
            IngressSpec: 1 defaultBackend IngressBackend, 2 tls IngressTLS*, 3 rules IngressRule*, 4 ingressClassName s
            IngressTLS: 1 hosts s*, 2 secretName s
            IngressRule: 1 host s, 2 . IngressRuleValue
            IngressRuleValue: 1 http HTTPIngressRuleValue
            HTTPIngressRuleValue: 1 paths HTTPIngressPath*
            HTTPIngressPath: 1 path s, 2 backend IngressBackend, 3 pathType s
            IngressBackend: 4 service IngressServiceBackend
            IngressServiceBackend: 1 name s, 2 port ServiceBackendPort
            ServiceBackendPort: 1 name s, 2 number i
            """.formatted(META);

    private static final Map<String, Map<Integer, Field>> MESSAGES = new HashMap<>();

    /**
     * @param name in JSON; {@code -} to ignore, {@code .} for a message whose members are the parent's
     * @param type {@code s}tring, {@code i}nteger, {@code b}oolean, map, bytemap, quantities, intorstring or a message
     */
    record Field(String name, String type, boolean list, boolean keepZero) {}

    static {
        for (String line : TABLE.split("\n")) {
            int colon = line.indexOf(':');
            Map<Integer, Field> fields = new HashMap<>();
            for (String entry : line.substring(colon + 1).split(",")) {
                String[] words = entry.trim().split(" ");
                String type = words[2].replace("*", "").replace("?", "");
                fields.put(
                        Integer.valueOf(words[0]),
                        new Field(words[1], type, words[2].endsWith("*"), words[2].endsWith("?")));
            }
            MESSAGES.put(line.substring(0, colon), fields);
        }
    }

    private ProtobufFields() {}

    /** Fields by number; empty for a message that is not known. */
    static Map<Integer, Field> of(String message) {
        return MESSAGES.getOrDefault(message, Map.of());
    }
}
