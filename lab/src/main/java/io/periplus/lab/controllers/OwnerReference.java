package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ResourceType;

/** One entry of {@code metadata.ownerReferences}. */
record OwnerReference(String apiVersion, String kind, String name, String uid, boolean controller, boolean blocks) {
    static OwnerReference of(JsonNode node) {
        return new OwnerReference(
                node.path("apiVersion").asText(),
                node.path("kind").asText(),
                node.path("name").asText(),
                node.path("uid").asText(),
                node.path("controller").asBoolean(),
                node.path("blockOwnerDeletion").asBoolean());
    }

    /** The reference with which {@code owner} manages another object. */
    static OwnerReference controller(ResourceType type, ObjectNode owner) {
        return new OwnerReference(type.apiVersion(), type.kind(), Meta.name(owner), Meta.uid(owner), true, true);
    }

    String group() {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    void addTo(ObjectNode object) {
        ObjectNode metadata = object.withObject("/metadata");
        ObjectNode node = metadata.withArray("ownerReferences").addObject();
        node.put("apiVersion", apiVersion).put("kind", kind).put("name", name).put("uid", uid);
        if (controller) {
            node.put("controller", true);
        }
        if (blocks) {
            node.put("blockOwnerDeletion", true);
        }
    }

    void removeFrom(ObjectNode object) {
        ObjectNode metadata = (ObjectNode) object.path("metadata");
        var references = metadata.withArray("ownerReferences");
        references.removeIf(each -> each.path("uid").asText().equals(uid));
        if (references.isEmpty()) {
            metadata.remove("ownerReferences");
        }
    }
}
