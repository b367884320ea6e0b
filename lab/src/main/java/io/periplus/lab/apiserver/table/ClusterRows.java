package io.periplus.lab.apiserver.table;

import static io.periplus.lab.apiserver.table.Rows.age;
import static io.periplus.lab.apiserver.table.Rows.name;
import static io.periplus.lab.apiserver.table.Rows.orNone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Rows of configuration, access control and the cluster itself. */
final class ClusterRows {
    private static final String ROLE_LABEL = "node-role.kubernetes.io/";

    private ClusterRows() {}

    static void add(Map<String, Printer> printers) {
        printers.put(
                "namespaces",
                Printers.printer(
                        "Name|Status|Age",
                        namespace ->
                                List.of(name(namespace), Json.text(namespace, "status", "phase"), age(namespace))));
        printers.put(
                "nodes",
                Printers.printer(
                        "Name|Status|Roles|Age|Version|Internal-IP+|External-IP+|OS-Image+|Kernel-Version+"
                                + "|Container-Runtime+",
                        ClusterRows::node));
        printers.put(
                "configmaps",
                Printers.printer(
                        "Name|Data|Age",
                        map -> List.of(
                                name(map),
                                map.path("data").size() + map.path("binaryData").size(),
                                age(map))));
        printers.put(
                "secrets",
                Printers.printer(
                        "Name|Type|Data|Age",
                        secret -> List.of(
                                name(secret),
                                Json.text(secret, "type"),
                                secret.path("data").size(),
                                age(secret))));
        printers.put(
                "serviceaccounts",
                Printers.printer(
                        "Name|Secrets|Age",
                        account ->
                                List.of(name(account), account.path("secrets").size(), age(account))));
        printers.put(
                "events",
                Printers.printer(
                        "Last Seen|Type|Reason|Object|Subobject+|Source+|Message|First Seen+|Count+|Name+",
                        ClusterRows::event));
        printers.put(
                "leases.coordination.k8s.io",
                Printers.printer(
                        "Name|Holder|Age",
                        lease -> List.of(name(lease), Json.text(lease, "spec", "holderIdentity"), age(lease))));
        Printer created = Printers.printer(
                "Name|Created At", object -> List.of(name(object), Json.text(object, "metadata", "creationTimestamp")));
        printers.put("customresourcedefinitions.apiextensions.k8s.io", created);
        printers.put("roles.rbac.authorization.k8s.io", created);
        printers.put("clusterroles.rbac.authorization.k8s.io", created);
        Printer binding = Printers.printer("Name|Role|Age|Users+|Groups+|ServiceAccounts+", ClusterRows::binding);
        printers.put("rolebindings.rbac.authorization.k8s.io", binding);
        printers.put("clusterrolebindings.rbac.authorization.k8s.io", binding);
        printers.put(
                "priorityclasses.scheduling.k8s.io",
                Printers.printer(
                        "Name|Value|Global-Default|Age",
                        type -> List.of(
                                name(type),
                                type.path("value").asLong(),
                                type.path("globalDefault").asBoolean(),
                                age(type))));
        printers.put(
                "storageclasses.storage.k8s.io",
                Printers.printer(
                        "Name|Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion|Age",
                        type -> List.of(
                                name(type),
                                Json.text(type, "provisioner"),
                                Json.text(type, "reclaimPolicy"),
                                Json.text(type, "volumeBindingMode"),
                                type.path("allowVolumeExpansion").asBoolean(),
                                age(type))));
        Printer webhooks = Printers.printer(
                "Name|Webhooks|Age",
                configuration -> List.of(
                        name(configuration), configuration.path("webhooks").size(), age(configuration)));
        printers.put("validatingwebhookconfigurations.admissionregistration.k8s.io", webhooks);
        printers.put("mutatingwebhookconfigurations.admissionregistration.k8s.io", webhooks);
    }

    private static List<Object> node(ObjectNode node) {
        List<String> roles = new ArrayList<>();
        node.path("metadata").path("labels").properties().forEach(label -> {
            if (label.getKey().startsWith(ROLE_LABEL)) {
                roles.add(label.getKey().substring(ROLE_LABEL.length()));
            }
        });
        String ready = switch (Rows.condition(node, "Ready")) {
            case "True" -> "Ready";
            case "" -> "Unknown";
            default -> "NotReady";
        };
        boolean closed = node.path("spec").path("unschedulable").asBoolean();
        JsonNode info = node.path("status").path("nodeInfo");
        return List.of(
                name(node),
                closed ? ready + ",SchedulingDisabled" : ready,
                orNone(String.join(",", roles)),
                age(node),
                Json.text(info, "kubeletVersion"),
                address(node, "InternalIP"),
                address(node, "ExternalIP"),
                unknown(Json.text(info, "osImage")),
                unknown(Json.text(info, "kernelVersion")),
                unknown(Json.text(info, "containerRuntimeVersion")));
    }

    private static String unknown(String text) {
        return text.isEmpty() ? "<unknown>" : text;
    }

    private static String address(ObjectNode node, String type) {
        for (JsonNode address : node.path("status").path("addresses")) {
            if (Json.text(address, "type").equals(type)) {
                return Json.text(address, "address");
            }
        }
        return Rows.NONE;
    }

    private static List<Object> event(ObjectNode event) {
        JsonNode object = event.path("involvedObject");
        String last = first(event, "lastTimestamp", "eventTime", "firstTimestamp");
        String source = Json.text(event, "source", "component");
        String host = Json.text(event, "source", "host");
        return List.of(
                Ages.since(last),
                Json.text(event, "type"),
                Json.text(event, "reason"),
                Json.text(object, "kind").toLowerCase(Locale.ROOT) + "/" + Json.text(object, "name"),
                Json.text(object, "fieldPath"),
                host.isEmpty() ? source : source + ", " + host,
                Json.text(event, "message").strip(),
                Ages.since(first(event, "firstTimestamp", "eventTime")),
                Math.max(1, event.path("count").asInt()),
                name(event));
    }

    private static String first(ObjectNode event, String... names) {
        for (String name : names) {
            String text = Json.text(event, name);
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "";
    }

    private static List<Object> binding(ObjectNode binding) {
        return List.of(
                name(binding),
                Json.text(binding, "roleRef", "kind") + "/" + Json.text(binding, "roleRef", "name"),
                age(binding),
                subjects(binding, "User"),
                subjects(binding, "Group"),
                subjects(binding, "ServiceAccount"));
    }

    private static String subjects(ObjectNode binding, String kind) {
        List<String> names = new ArrayList<>();
        for (JsonNode subject : binding.path("subjects")) {
            if (Json.text(subject, "kind").equals(kind)) {
                String namespace = Json.text(subject, "namespace");
                names.add(
                        namespace.isEmpty()
                                ? Json.text(subject, "name")
                                : namespace + "/" + Json.text(subject, "name"));
            }
        }
        return String.join(", ", names);
    }
}
