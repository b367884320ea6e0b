package io.periplus.lab.apiserver.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.rest.Selectors;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Role-based access control (rbac.authorization.k8s.io/v1): what the stored roles and bindings allow. */
public final class Rbac {
    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final ResourceType ROLE = new ResourceType(GROUP, "v1", "Role", "roles", true);
    private static final ResourceType CLUSTER_ROLE =
            new ResourceType(GROUP, "v1", "ClusterRole", "clusterroles", false);
    private static final ResourceType ROLE_BINDING = new ResourceType(GROUP, "v1", "RoleBinding", "rolebindings", true);
    private static final ResourceType CLUSTER_ROLE_BINDING =
            new ResourceType(GROUP, "v1", "ClusterRoleBinding", "clusterrolebindings", false);
    /** A role that every cluster has, whether stored or not. */
    private static final String CLUSTER_ADMIN = "cluster-admin";

    private final ObjectStore store;

    public Rbac(ObjectStore store) {
        this.store = store;
    }

    public boolean allows(User user, Action action) {
        for (ObjectNode binding : store.list(CLUSTER_ROLE_BINDING, null)) {
            if (binds(binding, user) && grants(binding, "", action)) {
                return true;
            }
        }
        if (!action.namespace().isEmpty()) {
            for (ObjectNode binding : store.list(ROLE_BINDING, action.namespace())) {
                if (binds(binding, user) && grants(binding, action.namespace(), action)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean binds(ObjectNode binding, User user) {
        for (JsonNode subject : binding.path("subjects")) {
            String name = Json.text(subject, "name");
            boolean meant = switch (Json.text(subject, "kind")) {
                case "User" -> name.equals(user.name());
                case "Group" -> user.inGroup(name);
                case "ServiceAccount" ->
                    user.name().equals("system:serviceaccount:" + Json.text(subject, "namespace") + ":" + name);
                default -> false;
            };
            if (meant) {
                return true;
            }
        }
        return false;
    }

    private boolean grants(ObjectNode binding, String namespace, Action action) {
        String name = Json.text(binding, "roleRef", "name");
        boolean clusterRole = Json.text(binding, "roleRef", "kind").equals("ClusterRole");
        if (clusterRole && name.equals(CLUSTER_ADMIN)) {
            return true;
        }
        @Nullable
        ObjectNode role = clusterRole ? store.get(CLUSTER_ROLE, null, name) : store.get(ROLE, namespace, name);
        if (role == null) {
            return false;
        }
        for (JsonNode rule : rules(role)) {
            if (matches(rule, action)) {
                return true;
            }
        }
        return false;
    }

    /** A role's rules, with those of the roles it aggregates. */
    private List<JsonNode> rules(ObjectNode role) {
        List<JsonNode> rules = new ArrayList<>();
        role.path("rules").forEach(rules::add);
        for (JsonNode selector : role.path("aggregationRule").path("clusterRoleSelectors")) {
            Predicate<ObjectNode> selected = Selectors.parse(Selectors.text(selector), "");
            store.list(CLUSTER_ROLE, null).stream()
                    .filter(selected)
                    .forEach(other -> other.path("rules").forEach(rules::add));
        }
        return rules;
    }

    private static boolean matches(JsonNode rule, Action action) {
        return names(rule.path("verbs"), action.verb())
                && names(rule.path("apiGroups"), action.group())
                && namesResource(rule.path("resources"), action)
                && (rule.path("resourceNames").isEmpty() || names(rule.path("resourceNames"), action.name()));
    }

    private static boolean names(JsonNode list, String wanted) {
        for (JsonNode entry : list) {
            if (entry.asText().equals("*") || entry.asText().equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private static boolean namesResource(JsonNode list, Action action) {
        return names(list, action.qualifiedResource())
                || !action.subresource().isEmpty() && names(list, "*/" + action.subresource());
    }
}
