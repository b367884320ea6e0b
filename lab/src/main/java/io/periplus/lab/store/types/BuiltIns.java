package io.periplus.lab.store.types;

import io.periplus.lab.store.ResourceType;
import io.periplus.lab.store.schema.ModelSchemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The types every cluster has, with their short names and subresources. */
public final class BuiltIns {
    private static final String MODEL = "io.fabric8.kubernetes.api.model.";
    private static final Version.Scale SCALE =
            new Version.Scale(".spec.replicas", ".status.replicas", ".status.selector");
    private static final Version.Scale SCALE_WITHOUT_SELECTOR =
            new Version.Scale(".spec.replicas", ".status.replicas", null);

    private final List<Definition> definitions = new ArrayList<>();

    private BuiltIns() {}

    /** All of them; made once, shared by the clusters of a process. */
    public static List<Definition> all() {
        return Holder.ALL;
    }

    private static final class Holder {
        static final List<Definition> ALL = new BuiltIns().fill();
    }

    private List<Definition> fill() {
        core();
        workloads();
        add("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", true, "discovery.v1");
        add("coordination.k8s.io", "v1", "Lease", "leases", true, "coordination.v1");
        add("networking.k8s.io", "v1", "Ingress", "ingresses", true, "networking.v1", "ing", STATUS);
        add("networking.k8s.io", "v1", "IngressClass", "ingressclasses", false, "networking.v1");
        add("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true, "networking.v1", "netpol", GENERATION);
        add("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true, "policy.v1", "pdb", STATUS);
        add(
                "autoscaling",
                "v2",
                "HorizontalPodAutoscaler",
                "horizontalpodautoscalers",
                true,
                "autoscaling.v2",
                "hpa",
                "category:all",
                STATUS);
        for (String[] row : new String[][] {
            {"Role", "roles", "true"},
            {"RoleBinding", "rolebindings", "true"},
            {"ClusterRole", "clusterroles", "false"},
            {"ClusterRoleBinding", "clusterrolebindings", "false"}
        }) {
            add("rbac.authorization.k8s.io", "v1", row[0], row[1], Boolean.parseBoolean(row[2]), "rbac");
        }
        add("storage.k8s.io", "v1", "StorageClass", "storageclasses", false, "storage", "sc");
        add("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", false, "scheduling.v1", "pc");
        add("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses", false, "node.v1");
        add(
                "admissionregistration.k8s.io",
                "v1",
                "ValidatingWebhookConfiguration",
                "validatingwebhookconfigurations",
                false,
                "admissionregistration.v1",
                GENERATION);
        add(
                "admissionregistration.k8s.io",
                "v1",
                "MutatingWebhookConfiguration",
                "mutatingwebhookconfigurations",
                false,
                "admissionregistration.v1",
                GENERATION);
        add(
                "certificates.k8s.io",
                "v1",
                "CertificateSigningRequest",
                "certificatesigningrequests",
                false,
                "certificates.v1",
                "csr",
                STATUS);
        add(
                "apiextensions.k8s.io",
                "v1",
                "CustomResourceDefinition",
                "customresourcedefinitions",
                false,
                "apiextensions.v1",
                "crd",
                "crds",
                "category:api-extensions",
                STATUS);
        add("apiregistration.k8s.io", "v1", "APIService", "apiservices", false, "", "category:api-extensions", STATUS);
        return List.copyOf(definitions);
    }

    private void core() {
        add("", "v1", "Namespace", "namespaces", false, "", "ns", STATUS_ONLY);
        add("", "v1", "Node", "nodes", false, "", "no", STATUS_ONLY);
        add("", "v1", "Pod", "pods", true, "", "po", "category:all", STATUS_ONLY);
        add("", "v1", "Service", "services", true, "", "svc", "category:all", STATUS_ONLY);
        add("", "v1", "ServiceAccount", "serviceaccounts", true, "", "sa");
        add("", "v1", "ConfigMap", "configmaps", true, "", "cm");
        add("", "v1", "Secret", "secrets", true, "");
        add("", "v1", "Event", "events", true, "", "ev");
        add("", "v1", "Endpoints", "endpoints", true, "", "ep");
        add("", "v1", "LimitRange", "limitranges", true, "", "limits");
        add("", "v1", "ResourceQuota", "resourcequotas", true, "", "quota", STATUS_ONLY);
        add("", "v1", "PersistentVolume", "persistentvolumes", false, "", "pv", STATUS_ONLY);
        add("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true, "", "pvc", STATUS_ONLY);
        add(
                "",
                "v1",
                "ReplicationController",
                "replicationcontrollers",
                true,
                "",
                "rc",
                "category:all",
                STATUS,
                SCALED);
    }

    private void workloads() {
        add("apps", "v1", "Deployment", "deployments", true, "apps", "deploy", "category:all", STATUS, SCALED);
        add("apps", "v1", "ReplicaSet", "replicasets", true, "apps", "rs", "category:all", STATUS, SCALED);
        add("apps", "v1", "StatefulSet", "statefulsets", true, "apps", "sts", "category:all", STATUS, SCALED);
        add("apps", "v1", "DaemonSet", "daemonsets", true, "apps", "ds", "category:all", STATUS);
        add("apps", "v1", "ControllerRevision", "controllerrevisions", true, "apps");
        add("batch", "v1", "Job", "jobs", true, "batch.v1", "category:all", STATUS);
        add("batch", "v1", "CronJob", "cronjobs", true, "batch.v1", "cj", "category:all", STATUS);
    }

    private static final String STATUS = "option:status+generation";
    private static final String STATUS_ONLY = "option:status";
    private static final String GENERATION = "option:generation";
    private static final String SCALED = "option:scale";

    /** @param words short names, {@code category:…} and options */
    private void add(
            String group,
            String version,
            String kind,
            String plural,
            boolean namespaced,
            String modelPackage,
            String... words) {
        List<String> shortNames = new ArrayList<>();
        List<String> categories = new ArrayList<>();
        boolean status = false;
        boolean generation = false;
        Version.@Nullable Scale scale = null;
        for (String word : words) {
            switch (word) {
                case STATUS -> {
                    status = true;
                    generation = true;
                }
                case STATUS_ONLY -> status = true;
                case GENERATION -> generation = true;
                case SCALED -> scale = group.isEmpty() ? SCALE_WITHOUT_SELECTOR : SCALE;
                default -> {
                    if (word.startsWith("category:")) {
                        categories.add(word.substring("category:".length()));
                    } else {
                        shortNames.add(word);
                    }
                }
            }
        }
        ResourceType type = new ResourceType(group, version, kind, plural, namespaced);
        String className = MODEL + (modelPackage.isEmpty() ? "" : modelPackage + ".") + kind;
        definitions.add(new Definition(
                type,
                kind + "List",
                kind.toLowerCase(Locale.ROOT),
                shortNames,
                categories,
                List.of(new Version(
                        version, ModelSchemas.root(className, group, version, kind), status, scale, List.of(), null)),
                generation,
                false));
    }
}
