package io.periplus.lab.store;

/**
 * A kind of object as the API names it.
 *
 * @param group empty for the core group
 * @param version the version objects are stored in
 * @param plural lower case, as in the URL
 */
public record ResourceType(String group, String version, String kind, String plural, boolean namespaced) {
    public static final ResourceType NAMESPACE = new ResourceType("", "v1", "Namespace", "namespaces", false);
    public static final ResourceType NODE = new ResourceType("", "v1", "Node", "nodes", false);
    public static final ResourceType POD = new ResourceType("", "v1", "Pod", "pods", true);
    public static final ResourceType SERVICE = new ResourceType("", "v1", "Service", "services", true);
    public static final ResourceType SERVICE_ACCOUNT =
            new ResourceType("", "v1", "ServiceAccount", "serviceaccounts", true);
    public static final ResourceType CONFIG_MAP = new ResourceType("", "v1", "ConfigMap", "configmaps", true);
    public static final ResourceType SECRET = new ResourceType("", "v1", "Secret", "secrets", true);
    public static final ResourceType EVENT = new ResourceType("", "v1", "Event", "events", true);
    public static final ResourceType DEPLOYMENT = new ResourceType("apps", "v1", "Deployment", "deployments", true);
    public static final ResourceType REPLICA_SET = new ResourceType("apps", "v1", "ReplicaSet", "replicasets", true);
    public static final ResourceType STATEFUL_SET = new ResourceType("apps", "v1", "StatefulSet", "statefulsets", true);
    public static final ResourceType DAEMON_SET = new ResourceType("apps", "v1", "DaemonSet", "daemonsets", true);
    public static final ResourceType JOB = new ResourceType("batch", "v1", "Job", "jobs", true);
    public static final ResourceType ENDPOINT_SLICE =
            new ResourceType("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", true);
    public static final ResourceType LEASE = new ResourceType("coordination.k8s.io", "v1", "Lease", "leases", true);

    /** {@code v1} or {@code group/version}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** {@code plural} or {@code plural.group}, as messages name the resource. */
    public String qualified() {
        return group.isEmpty() ? plural : plural + "." + group;
    }
}
