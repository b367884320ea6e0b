package io.periplus.cli.install;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.text.Json;
import java.util.Map;

/** The kinds that an installation consists of. */
final class Kinds {
    static final Resource DEFINITIONS = new Resource("apiextensions.k8s.io", "v1", "customresourcedefinitions", false);
    static final Resource DEPLOYMENTS = new Resource("apps", "v1", "deployments", true);
    static final Resource DAEMON_SETS = new Resource("apps", "v1", "daemonsets", true);

    private static final String RBAC = "rbac.authorization.k8s.io";

    private static final Map<String, Resource> BY_KIND = Map.ofEntries(
            Map.entry("Namespace", Resource.NAMESPACES),
            Map.entry("Secret", Resource.SECRETS),
            Map.entry("CustomResourceDefinition", DEFINITIONS),
            Map.entry("Deployment", DEPLOYMENTS),
            Map.entry("DaemonSet", DAEMON_SETS),
            Map.entry("ServiceAccount", new Resource("", "v1", "serviceaccounts", true)),
            Map.entry("Service", new Resource("", "v1", "services", true)),
            Map.entry("ConfigMap", new Resource("", "v1", "configmaps", true)),
            Map.entry("ClusterRole", new Resource(RBAC, "v1", "clusterroles", false)),
            Map.entry("ClusterRoleBinding", new Resource(RBAC, "v1", "clusterrolebindings", false)),
            Map.entry("Role", new Resource(RBAC, "v1", "roles", true)),
            Map.entry("RoleBinding", new Resource(RBAC, "v1", "rolebindings", true)));

    private Kinds() {}

    static Resource of(JsonNode object) {
        String kind = Json.text(object, "/kind", "");
        Resource resource = BY_KIND.get(kind);
        if (resource == null) {
            throw new IllegalArgumentException(
                    "the chart has an object of a kind that the installer does not know: " + kind);
        }
        return resource;
    }
}
