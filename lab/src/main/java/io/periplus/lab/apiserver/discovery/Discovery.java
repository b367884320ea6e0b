package io.periplus.lab.apiserver.discovery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.discovery.ApiResources.GroupVersion;
import io.periplus.lab.apiserver.discovery.ApiResources.Resource;
import io.periplus.lab.apiserver.discovery.ApiResources.Sub;
import io.periplus.lab.apiserver.http.Accept;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.types.Registry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The discovery documents under {@code /api} and {@code /apis}: one by one, and aggregated (apidiscovery/v2). */
public final class Discovery {
    private static final String AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private final Supplier<Registry> registry;

    public Discovery(Supplier<Registry> registry) {
        this.registry = registry;
    }

    /** Answers if the path is one of discovery's. */
    public boolean handle(Call call) throws IOException {
        List<String> path = call.path();
        if (path.isEmpty() || !call.method().equals("GET")) {
            return false;
        }
        boolean core = path.getFirst().equals("api");
        if (!core && !path.getFirst().equals("apis") || path.size() > (core ? 2 : 3)) {
            return false;
        }
        Map<String, List<GroupVersion>> groups = ApiResources.of(registry.get());
        if (path.size() == 1) {
            root(call, groups, core);
            return true;
        }
        List<GroupVersion> versions = core ? groups.get("") : groups.get(path.get(1));
        if (versions == null || !core && path.get(1).isEmpty()) {
            return false;
        }
        if (!core && path.size() == 2) {
            ObjectNode group = group(versions);
            group.put("kind", "APIGroup").put("apiVersion", "v1");
            call.reply(200, group);
            return true;
        }
        for (GroupVersion version : versions) {
            if (version.version().equals(path.getLast())) {
                call.reply(200, resources(version));
                return true;
            }
        }
        return false;
    }

    private static void root(Call call, Map<String, List<GroupVersion>> groups, boolean core) throws IOException {
        if (call.accept() instanceof Accept.AsDiscovery) {
            ObjectNode list =
                    Json.object().put("kind", "APIGroupDiscoveryList").put("apiVersion", "apidiscovery.k8s.io/v2");
            list.putObject("metadata");
            ArrayNode items = list.putArray("items");
            groups.forEach((name, versions) -> {
                if (name.isEmpty() == core) {
                    items.add(aggregated(name, versions));
                }
            });
            call.reply(200, AGGREGATED, Json.bytes(list));
            return;
        }
        if (core) {
            ObjectNode versions = Json.object().put("kind", "APIVersions");
            versions.putArray("versions").add("v1");
            versions.putArray("serverAddressByClientCIDRs");
            call.reply(200, versions);
            return;
        }
        ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode array = list.putArray("groups");
        groups.forEach((name, versions) -> {
            if (!name.isEmpty()) {
                array.add(group(versions));
            }
        });
        call.reply(200, list);
    }

    private static ObjectNode group(List<GroupVersion> versions) {
        ObjectNode group = Json.object().put("name", versions.getFirst().group());
        ArrayNode array = group.putArray("versions");
        for (GroupVersion version : versions) {
            array.add(version(version));
        }
        group.set("preferredVersion", version(versions.getFirst()));
        return group;
    }

    private static ObjectNode version(GroupVersion version) {
        return Json.object().put("groupVersion", version.apiVersion()).put("version", version.version());
    }

    private static ObjectNode resources(GroupVersion version) {
        ObjectNode list = Json.object()
                .put("kind", "APIResourceList")
                .put("apiVersion", "v1")
                .put("groupVersion", version.apiVersion());
        ArrayNode array = list.putArray("resources");
        for (Resource resource : version.resources()) {
            ObjectNode node = array.addObject()
                    .put("name", resource.plural())
                    .put("singularName", resource.singular())
                    .put("namespaced", resource.namespaced())
                    .put("kind", resource.kind());
            node.set("verbs", Json.array(resource.verbs()));
            if (!resource.shortNames().isEmpty()) {
                node.set("shortNames", Json.array(resource.shortNames()));
            }
            if (!resource.categories().isEmpty()) {
                node.set("categories", Json.array(resource.categories()));
            }
            for (Sub sub : resource.subresources()) {
                ObjectNode child = array.addObject()
                        .put("name", resource.plural() + "/" + sub.name())
                        .put("singularName", "")
                        .put("namespaced", resource.namespaced())
                        .put("kind", sub.kind());
                if (!sub.version().isEmpty()) {
                    child.put("group", sub.group()).put("version", sub.version());
                }
                child.set("verbs", Json.array(sub.verbs()));
            }
        }
        return list;
    }

    private static ObjectNode aggregated(String name, List<GroupVersion> versions) {
        ObjectNode group = Json.object();
        ObjectNode meta = group.putObject("metadata");
        if (!name.isEmpty()) {
            meta.put("name", name);
        }
        ArrayNode array = group.putArray("versions");
        for (GroupVersion version : versions) {
            ObjectNode node = array.addObject().put("version", version.version());
            ArrayNode resources = node.putArray("resources");
            version.resources().forEach(resource -> resources.add(aggregated(version, resource)));
            node.put("freshness", "Current");
        }
        return group;
    }

    private static ObjectNode aggregated(GroupVersion version, Resource resource) {
        ObjectNode node = Json.object().put("resource", resource.plural());
        node.set("responseKind", kind(version.group(), version.version(), resource.kind()));
        node.put("scope", resource.namespaced() ? "Namespaced" : "Cluster");
        node.put("singularResource", resource.singular());
        node.set("verbs", Json.array(resource.verbs()));
        if (!resource.shortNames().isEmpty()) {
            node.set("shortNames", Json.array(resource.shortNames()));
        }
        if (!resource.categories().isEmpty()) {
            node.set("categories", Json.array(resource.categories()));
        }
        if (!resource.subresources().isEmpty()) {
            ArrayNode subs = node.putArray("subresources");
            for (Sub sub : resource.subresources()) {
                ObjectNode child = subs.addObject().put("subresource", sub.name());
                child.set(
                        "responseKind",
                        sub.version().isEmpty()
                                ? kind(version.group(), version.version(), sub.kind())
                                : kind(sub.group(), sub.version(), sub.kind()));
                child.set("verbs", Json.array(sub.verbs()));
            }
        }
        return node;
    }

    private static ObjectNode kind(String group, String version, String kind) {
        return Json.object().put("group", group).put("version", version).put("kind", kind);
    }
}
